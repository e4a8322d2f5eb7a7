import { subscribe, unsubscribe } from "node:diagnostics_channel";

import type { AuthEvent, AuthOptions } from "@auth/core";

import { authErrorOf, failureOf } from "../failure-of.ts";
import { isAuthError } from "../is-auth-error.ts";
import type { LoopbackAnswer } from "../loopback-server.ts";
import { insist, type Rule } from "../rule.ts";
import { shown } from "../shown.ts";
import type { Trial } from "../trial.ts";
import { verifyAnyhow } from "../verify-anyhow.ts";
import { answering, verifyFailure } from "../answering.ts";

const eventTypes = [
  "source.tried",
  "token.loaded",
  "token.rejected",
  "header.attached",
  "header.withheld",
  "verify.done",
];

/** Where the token does not show. */
export const secretRules: readonly Rule[] = [
  {
    id: "prints-no-token",
    title: "shows no token when an auth, a token, a verification or an explanation is printed",
    remedy: "Keep the token out of properties: in a closure, or in the Token that core makes.",
    async check(trial) {
      const server = await trial.serve();
      const auth = trial.auth(server.url);
      const things = {
        "a verification": await verifyAnyhow(auth),
        "a token": await auth.token(),
        "an explanation": await auth.explain({ verify: true }),
        "an auth": auth,
      };
      for (const [name, thing] of Object.entries(things))
        insist(!trial.shows(shown(thing)), `Printing ${name} shows the token.`);
      insist((await auth.token()).reveal() === trial.token, "reveal() does not give the token.");
    },
  },
  {
    id: "errors-show-no-token",
    title: "shows no token in an error, its cause or an explanation of it",
    remedy:
      "Keep the request and the token out of errors: throw broken(reason, remedy), and give reasons in words of your own.",
    async check(trial) {
      const answers: LoopbackAnswer[] = [
        trial.rejected,
        ...(trial.facts.answers.others ?? []),
        { status: 500 },
        { drop: true },
        {},
      ];
      for (const { drop = false, status = 200, ...rest } of answers) {
        const what = drop ? "The service hung up" : `The service answered with status ${status}`;
        const server = await trial.serve(() => ({ drop, status, ...rest }));
        const auth = trial.auth(server.url);
        const error = await verifyFailure(auth, what);
        insist(!trial.shows(shown(error)), `${what}: the error shows the token.`);
        insist(!trial.shows(shown(await auth.explain())), `${what}: the explanation shows the token.`);
      }
    },
  },
  {
    id: "echo-is-masked",
    title: "masks the token where the service echoes it",
    remedy: "Hand what the service says to core as reason, remedy or requestId, which it masks.",
    async check(trial) {
      const verifyAgainst = await answering(trial);
      const { token, facts } = trial;
      const { value } = trial.header();
      const requestId = facts.requestIdHeader === undefined ? {} : { [facts.requestIdHeader]: token };
      for (const status of [200, 302, 400, 401, 403, 404, 429, 503]) {
        for (const body of [echoing(trial.rejected.body, value), `<p>${token}</p>`]) {
          const headers = { location: `/${token}`, "retry-after": token, ...requestId };
          const error = await verifyAgainst({ status, headers, body }, "The service echoed the token");
          insist(
            !trial.shows(shown(error)),
            `The error for an answer with status ${status} that echoes the token shows it.`,
          );
        }
      }
    },
  },
  {
    id: "events-show-no-token",
    title: "shows no token in events and on diagnostics channels",
    remedy: "Put no token into the name of a source or into a reason: both are published.",
    async check(trial) {
      const events: unknown[] = [];
      const hear = (event: unknown): void => void events.push(event);
      const channels = eventTypes.map((type) => `auth-providers:${type}`);
      for (const channel of channels) subscribe(channel, hear);
      try {
        await makeEvents(trial, { onEvent: hear });
      } finally {
        for (const channel of channels) unsubscribe(channel, hear);
      }
      insist(!trial.shows(shown(events)), "An event shows the token.");
      const heard = new Set((events as AuthEvent[]).map(({ type }): string => type));
      const missing = eventTypes.filter((type) => !heard.has(type));
      insist(missing.length === 0, `It published no ${missing.join(", ")}.`);
    },
  },
  {
    id: "broken-source-shows-nothing",
    title: "shows nothing of what a broken token source throws that could be a token",
    remedy: "Leave it to core to report what a source throws.",
    async check(trial) {
      const auth = trial.auth("https://api.acme.example", {
        token: () => {
          throw new Error(`It printed ${trial.token}`, { cause: new Error(trial.token) });
        },
      });
      const calls = [auth.token(), auth.fetch("/x"), auth.headers("/x"), auth.verify()];
      for (const error of await Promise.all(calls.map((call) => failureOf(call, "A token source threw"))))
        insist(!trial.shows(shown(error)), "The error for a token source that threw shows the token.");
      insist(
        !trial.shows(shown(await auth.explain())),
        "The explanation of a token source that threw shows the token.",
      );
    },
  },
  {
    id: "malformed-token",
    title: "refuses a token that no header can carry, before anything is sent, and shows nothing of it",
    remedy: "Leave it to core to check what a source gives.",
    async check(trial) {
      const server = await trial.serve();
      for (const bad of ["\n", "\r\n", " ", "\0", "é", "\u2028"]) {
        const auth = trial.auth(server.url, { token: `${trial.token}${bad}${trial.token}` });
        const what = `The token had ${JSON.stringify(bad)} in it`;
        const error = await authErrorOf(auth.fetch("/x"), what);
        insist(error.code === "AUTH_TOKEN_MALFORMED", `${what}: that gave ${error.code}.`);
        insist(!trial.shows(shown(error)), `${what}: the error shows it.`);
        insist(error.message.includes("option token"), `${what}: the error does not name the source.`);
      }
      insist(server.requests.length === 0, "A malformed token was sent.");
    },
  },
];

/** A body of the same shape with another text in each place. */
function echoing(body: unknown, text: string): unknown {
  if (typeof body === "string") return `It was ${text}.`;
  if (Array.isArray(body)) return body.map((item) => echoing(item, text));
  if (typeof body !== "object" || body === null) return body;
  return Object.fromEntries(Object.entries(body).map(([key, value]) => [key, echoing(value, text)]));
}

async function makeEvents(trial: Trial, { onEvent }: Required<Pick<AuthOptions, "onEvent">>): Promise<void> {
  const good = await trial.serve();
  const auth = trial.auth(good.url, { onEvent });
  await auth.fetch("/x");
  await auth.headers("https://evil.example/");
  await verifyAnyhow(auth);
  const bad = await trial.serve(() => trial.rejected);
  const refused = trial.auth(bad.url, { onEvent });
  await refused
    .verify()
    .catch((error: unknown) => insist(isAuthError(error), "verify() threw no AuthError."));
  await trial
    .auth(good.url, { onEvent, token: `${trial.token} ${trial.token}` })
    .token()
    .catch(() => undefined);
}
