import type { Environment } from "@auth/core";

import type { ConformanceFacts } from "../conformance-facts.ts";
import { authErrorOf } from "../failure-of.ts";
import { insist, type Rule } from "../rule.ts";
import type { Trial } from "../trial.ts";

/** Where the token comes from. */
export const sourceRules: readonly Rule[] = [
  {
    id: "token-option-first",
    title: "takes the option token before anything else",
    remedy: "Leave the option token to defineProvider, which puts it before the sources of setup.",
    async check(trial) {
      const other = trial.newToken();
      const server = await trial.serve();
      const auth =
        (await trial.ownAuth(server.url, { token: other })) ?? trial.auth(server.url, { token: other });
      const token = await auth.token();
      insist(token.reveal() === other, "Another token was taken than the one in the option.");
      insist(token.source === "option token", `The source of the option token is called "${token.source}".`);
    },
  },
  {
    id: "own-sources",
    title: "finds the token where it looks by itself, and names the place",
    remedy: "Give setup the sources in which the facts put the token.",
    applies: ({ env, arrange, routes }) => env !== undefined || arrange !== undefined || routes !== undefined,
    async check(trial) {
      const server = await trial.serve();
      const auth = await trial.ownAuth(server.url);
      const token = await auth?.token();
      insist(
        token?.reveal() === trial.token,
        "Its own sources gave another token than the one that was put there.",
      );
      insist(
        token.source.trim() !== "" && !trial.shows(token.source),
        "The source does not say where it is.",
      );
      const variable = variableOf(trial.facts);
      insist(
        variable === undefined || token.source.includes(variable),
        `The source is called "${token.source}", without ${variable}.`,
      );
    },
  },
  {
    id: "blank-is-unset",
    title: "takes a blank variable as unset, and white space around a token for nothing",
    remedy: "Read variables with fromEnv.",
    applies: (facts) => variableOf(facts) !== undefined,
    async check(trial) {
      const variable = variableOf(trial.facts) ?? "";
      for (const blank of ["", "  ", "\n"]) {
        const error = await authErrorOf(
          withEnv(trial, { [variable]: blank }).token(),
          `${variable} was blank`,
        );
        insist(error.code === "AUTH_TOKEN_NOT_FOUND", `${variable} was blank: that gave ${error.code}.`);
      }
      const token = await withEnv(trial, { [variable]: ` ${trial.token}\n` }).token();
      insist(token.reveal() === trial.token, "White space around the token was not taken off.");
    },
  },
  {
    id: "says-where-it-looked",
    title: "says which variable to set where there is no token, and sends nothing",
    remedy: "Read variables with fromEnv, which names them.",
    applies: (facts) => variableOf(facts) !== undefined,
    async check(trial) {
      const variable = variableOf(trial.facts) ?? "";
      const auth = withEnv(trial, {});
      const { code, message, remedy } = await authErrorOf(auth.fetch("/x"), "There was no token");
      insist(code === "AUTH_TOKEN_NOT_FOUND", `There was no token: that gave ${code}.`);
      insist(
        message.includes(variable) && remedy.includes(variable),
        `Where there is no token, the remedy does not name ${variable}: ${remedy}`,
      );
      const { attempts, outcome } = await auth.explain();
      insist(
        outcome === "failed" && attempts.some(({ source }) => source.includes(variable)),
        `The explanation does not name ${variable}.`,
      );
    },
  },
  {
    id: "broken-source-stops",
    title: "stops at a broken source, and takes no other token and sends no request instead",
    remedy:
      "Return unavailable(reason) only where nothing is there, and throw where something is there and broken.",
    async check(trial) {
      const server = await trial.serve();
      const token = (): never => {
        throw new Error("The file cannot be read.");
      };
      const auth = (await trial.ownAuth(server.url, { token })) ?? trial.auth(server.url, { token });
      const { code } = await authErrorOf(auth.fetch("/x"), "A source was broken");
      insist(code === "AUTH_TOKEN_SOURCE_FAILED", `A source was broken: that gave ${code}.`);
      insist(server.requests.length === 0, "A source was broken, and a request went out.");
    },
  },
];

function variableOf({ env }: ConformanceFacts): string | undefined {
  return typeof env === "string" ? env : undefined;
}

function withEnv(trial: Trial, env: Environment): ReturnType<Trial["auth"]> {
  return trial.auth("http://127.0.0.1:9", { token: undefined, env });
}
