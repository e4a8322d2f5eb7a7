import type { Environment } from "@auth/core";

import type { ConformanceFacts } from "../conformance-facts.ts";
import { failureOf } from "../failure-of.ts";
import { expect, type Rule } from "../rule.ts";
import { printedForms } from "../printed-forms.ts";
import type { LoopbackAnswer, LoopbackRequest } from "../loopback-server.ts";
import type { RuleContext } from "../rule-context.ts";

/** Where the token comes from. */
export const sourceRules: readonly Rule[] = [
  {
    id: "token-option-first",
    title: "takes the option token before anything else",
    remedy: "Leave the option token to defineProvider, which puts it before the sources of setup.",
    async check(context) {
      const other = context.newToken();
      const server = await context.serve();
      const auth =
        (await context.ownAuth(server.url, { token: other })) ?? context.auth(server.url, { token: other });
      const token = await auth.token();
      expect(token.reveal() === other, "Another token was taken than the one in the option.");
      expect(token.source === "option token", `The source of the option token is called "${token.source}".`);
    },
  },
  {
    id: "own-sources",
    title: "finds the token where it looks by itself, and names the place",
    remedy: "Give setup the sources in which the facts put the token.",
    applies: ({ env, arrange, routes }) => env !== undefined || arrange !== undefined || routes !== undefined,
    async check(context) {
      const server = await context.serve();
      const auth = await context.ownAuth(server.url);
      const token = await auth?.token();
      expect(
        token?.reveal() === context.token,
        "Its own sources gave another token than the one that was put there.",
      );
      expect(
        token.source.trim() !== "" && !context.shows(token.source),
        "The source does not say where it is.",
      );
      const variable = variableOf(context.facts);
      expect(
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
    async check(context) {
      const variable = variableOf(context.facts) ?? "";
      for (const blank of ["", "  ", "\n"]) {
        const error = await failureOf(
          withEnv(context, { [variable]: blank }).token(),
          `${variable} was blank`,
        );
        expect(error.code === "AUTH_TOKEN_NOT_FOUND", `${variable} was blank: that gave ${error.code}.`);
      }
      const token = await withEnv(context, { [variable]: ` ${context.token}\n` }).token();
      expect(token.reveal() === context.token, "White space around the token was not taken off.");
    },
  },
  {
    id: "says-where-it-looked",
    title: "says which variable to set where there is no token, and sends nothing",
    remedy: "Read variables with fromEnv, which names them.",
    applies: (facts) => variableOf(facts) !== undefined,
    async check(context) {
      const variable = variableOf(context.facts) ?? "";
      const auth = withEnv(context, {});
      const { code, message, remedy } = await failureOf(auth.fetch("/x"), "There was no token");
      expect(code === "AUTH_TOKEN_NOT_FOUND", `There was no token: that gave ${code}.`);
      expect(
        message.includes(variable) && remedy.includes(variable),
        `Where there is no token, the remedy does not name ${variable}: ${remedy}`,
      );
      const { attempts, outcome } = await auth.explain();
      expect(
        outcome === "failed" && attempts.some(({ source }) => source.includes(variable)),
        `The explanation does not name ${variable}.`,
      );
    },
  },
  {
    id: "own-cache",
    title: "keeps no token of one auth for another, and none that was refused",
    remedy: "Keep nothing in the module or in a source: core holds the token of each auth.",
    applies: (facts) => variableOf(facts) !== undefined,
    async check(context) {
      const variable = variableOf(context.facts) ?? "";
      const other = context.newToken();
      const env: Record<string, string> = { [variable]: context.token };
      const auth = withEnv(context, env);
      const tokens = await Promise.all([auth.token(), withEnv(context, { [variable]: other }).token()]);
      expect(
        tokens[0].reveal() === context.token && tokens[1].reveal() === other,
        "One auth gave the token of another.",
      );
      env[variable] = context.newToken();
      auth.reject(tokens[0]);
      expect(
        (await auth.token()).reveal() === env[variable],
        `After a refusal, ${variable} was not read again.`,
      );
    },
  },
  {
    id: "trade-shows-nothing",
    title: "shows no secret where the service refuses the secrets that a token is made from",
    remedy: "Make tokens with exchange, which masks its material, or quote nothing that the service says.",
    applies: ({ secrets = [], routes }) => secrets.length > 0 && routes !== undefined,
    async check(context) {
      const echo = ({ url, body, headers }: LoopbackRequest): LoopbackAnswer => ({
        status: 400,
        body: { error: "invalid_client", error_description: `${url} ${body} ${headers.authorization}` },
      });
      const server = await context.serve(echo, () => undefined);
      const auth = await context.ownAuth(server.url);
      if (auth === undefined) return;
      const error = await failureOf(auth.token(), "The service refused to give out a token");
      expect(
        !context.shows(printedForms(error)),
        "The error for a token that was not given out shows a secret.",
      );
      expect(!context.shows(printedForms(await auth.explain())), "The explanation of it shows a secret.");
    },
  },
];

function variableOf({ env }: ConformanceFacts): string | undefined {
  return typeof env === "string" ? env : undefined;
}

function withEnv(context: RuleContext, env: Environment): ReturnType<RuleContext["auth"]> {
  return context.auth("http://127.0.0.1:9", { token: undefined, env });
}
