import { isDeepStrictEqual } from "node:util";

import { isAuthError } from "../is-auth-error.ts";
import { insist, type Rule } from "../rule.ts";
import { verifyAnyhow } from "../verify-anyhow.ts";

/** What the other rules take for granted. One wrong fact or line here would break them by the dozen. */
export const foundationRules: readonly Rule[] = [
  {
    id: "setup-runs",
    isFoundation: true,
    title: "can be used with the options that the facts give",
    remedy: "Give what the factory cannot do without in the fact options, or mend setup.",
    async check(trial) {
      const auth = trial.auth("http://127.0.0.1:9");
      try {
        await auth.token();
      } catch (error) {
        insist(
          !(isAuthError(error) && error.code === "AUTH_PROVIDER_INVALID"),
          `With the option token, the first use throws: ${String(error)}`,
        );
      }
    },
  },
  {
    id: "header-form",
    isFoundation: true,
    title: "sends the token in the header that the service documents",
    remedy:
      "Give setup the service's inject: bearer(), basic(user) or header(name, format), or correct the fact header.",
    async check(trial) {
      const { name, value } = trial.header();
      const server = await trial.serve();
      const auth = trial.auth(server.url);
      await auth.fetch(`${server.url}/things?limit=1`);
      insist(
        server.requests[0]?.headers[name] === value,
        `A request to its own origin did not carry ${name} in the form that the facts give.`,
      );
      const headers = await auth.headers(`${server.url}/things`);
      insist(
        Object.keys(headers).join() === name && headers[name] === value,
        `headers() gave ${Object.keys(headers).join(", ") || "nothing"} for its own origin, and not just ${name} in the form that the facts give.`,
      );
    },
  },
  {
    id: "verify-request",
    isFoundation: true,
    title: "verifies by one request to its own origin, with the token",
    remedy: "Give verify.path as a path, which is resolved against baseUrl.",
    async check(trial) {
      const { name, value } = trial.header();
      const server = await trial.serve();
      await verifyAnyhow(trial.auth(server.url));
      insist(
        server.requests.length === 1,
        `verify() sent ${server.requests.length} requests to its own origin.`,
      );
      insist(server.requests[0]?.headers[name] === value, `verify() sent its request without ${name}.`);
    },
  },
  {
    id: "accepted-answer",
    isFoundation: true,
    title: "reads from the accepted answer whom the token speaks for",
    remedy: "Mend identify, which reads the answer, or the facts, which say what it should give.",
    async check(trial) {
      const server = await trial.serve();
      const { identity, token } = await trial.auth(server.url).verify();
      const { identity: expected } = trial.facts;
      insist(
        isDeepStrictEqual({ ...identity }, { ...expected }),
        `The identity is ${JSON.stringify(identity)}, and not ${JSON.stringify(expected)}.`,
      );
      insist(token.source === "option token", `verify() says that the token is from "${token.source}".`);
    },
  },
];
