import type { AuthErrorCode } from "@auth/core";

import type { ConformanceFacts, OtherAnswer, RecordedAnswer } from "../conformance-facts.ts";
import { authErrorOf } from "../failure-of.ts";
import type { LoopbackRequest, LoopbackServer } from "../loopback-server.ts";
import { insist, type Rule } from "../rule.ts";
import type { Trial } from "../trial.ts";

/** As fetch meets it, whatever the service says to verify: fetch takes a 401 for a refusal, and no other status. */
const refusal = ({ rejected }: Trial): RecordedAnswer => ({ ...rejected, status: 401 });

const remedy = "Leave it to core to answer a 401. Leave fetch as defineProvider makes it.";

/** What follows when the service refuses a token. */
export const refusalRules: readonly Rule[] = [
  {
    id: "refused-token-is-replaced",
    title: "asks its sources again after a 401, and sends the request once more with another token",
    remedy,
    async check(trial) {
      const { server, reasons, token, next } = await refusing(trial);
      const response = await trial
        .auth(server.url, { token })
        .fetch("/x", { method: "PUT", body: "the body" });
      insist(
        response.status === 200,
        `With another token at hand, the caller got status ${response.status}.`,
      );
      insist(
        server.requests.length === 2,
        `The request was sent ${server.requests.length} times, and not twice.`,
      );
      const { name, value } = trial.header(next);
      const [, again] = server.requests;
      insist(
        again?.headers[name] === value && again.body === "the body",
        "The request was not sent again as it was, with the new token.",
      );
      insist(
        reasons.join() === "initial,rejected",
        `The source was asked for these reasons: ${reasons.join(", ")}.`,
      );
    },
  },
  {
    id: "refused-once-more",
    title: "sends a refused request once more at the most",
    remedy,
    async check(trial) {
      const server = await trial.serve(() => refusal(trial));
      const response = await trial.auth(server.url, { token: () => trial.newToken() }).fetch("/x");
      insist(response.status === 401, `The caller got status ${response.status}.`);
      insist(
        server.requests.length === 2,
        `A request that is always refused was sent ${server.requests.length} times.`,
      );
    },
  },
  {
    id: "same-token-is-not-resent",
    title: "hands a 401 back untouched where the sources have no other token",
    remedy,
    async check(trial) {
      const server = await trial.serve(() => ({ ...refusal(trial), body: "refused" }));
      const response = await trial.auth(server.url).fetch("/x");
      insist(server.requests.length === 1, `The same token was sent ${server.requests.length} times.`);
      insist(
        response.status === 401 && (await response.text()) === "refused",
        "The answer came back changed.",
      );
    },
  },
  {
    id: "spent-body-is-not-resent",
    title: "hands a 401 back where the body cannot be sent again",
    remedy,
    async check(trial) {
      const { server, token } = await refusing(trial);
      const body = new Blob(["the body"]).stream();
      const init: RequestInit = { method: "POST", body, duplex: "half" };
      const response = await trial
        .auth(server.url, { token })
        .fetch("/x", init)
        .catch(() => undefined);
      insist(response?.status === 401, "A refused request whose body was a stream did not give the 401.");
      insist(server.requests.length === 1, "A request was sent again without its body.");
    },
  },
  {
    id: "late-refusals",
    title: "asks its sources once, however many requests an old token has had refused",
    remedy,
    async check(trial) {
      const { server, reasons, token } = await refusing(trial);
      const auth = trial.auth(server.url, { token });
      await auth.token();
      const responses = await Promise.all(Array.from({ length: 20 }, () => auth.fetch("/x")));
      insist(
        responses.every(({ status }) => status === 200),
        "Not all requests of a refused token were sent again.",
      );
      insist(reasons.length === 2, `20 refusals of one token made ${reasons.length - 1} loads.`);
    },
  },
  {
    id: "forbidden-keeps-the-token",
    title: "keeps the token at a 403",
    remedy: "Leave a 403 alone: the service knows the token, and another load changes nothing.",
    check: (trial) => expectKept(trial, { name: "forbidden", code: "AUTH_PERMISSION_DENIED", status: 403 }),
  },
  {
    id: "other-refusals-keep-the-token",
    title: "keeps the token at a 401 that means something else",
    remedy:
      "Tell the meaning of the answer in classify: any code but AUTH_TOKEN_REJECTED and AUTH_TOKEN_EXPIRED.",
    applies: (facts) => otherRefusals(facts).length > 0,
    async check(trial) {
      for (const answer of otherRefusals(trial.facts)) await expectKept(trial, answer);
    },
  },
  {
    id: "refused-by-verify",
    title: "forgets a token that verify has found refused",
    remedy: "Leave verify as defineProvider makes it.",
    async check(trial) {
      const { server, token, next } = await refusing(trial, trial.rejected);
      const auth = trial.auth(server.url, { token });
      await authErrorOf(auth.verify(), "The service refused the token");
      insist(
        (await auth.token()).reveal() === next,
        "After verify found the token refused, it was given out again.",
      );
    },
  },
  {
    id: "reject",
    title: "forgets a token that the caller rejects, and only that one",
    remedy: "Leave reject as defineProvider makes it.",
    async check(trial) {
      const { server, token, reasons, next } = await refusing(trial);
      const auth = trial.auth(server.url, { token });
      const old = await auth.token();
      auth.reject(old);
      insist((await auth.token()).reveal() === next, "A rejected token was given out again.");
      auth.reject(old);
      await auth.token();
      insist(reasons.length === 2, "To reject a token that was replaced already made another load.");
    },
  },
];

interface Refusing {
  readonly server: LoopbackServer;
  /** Gives the trial's token, then another, which the server accepts. */
  readonly token: (context: { readonly reason: string }) => string;
  /** Why it was asked, each time. */
  readonly reasons: readonly string[];
  readonly next: string;
}

async function refusing(trial: Trial, refused = refusal(trial)): Promise<Refusing> {
  const next = trial.newToken();
  const { name, value } = trial.header(next);
  const reasons: string[] = [];
  const server = await trial.serve(({ headers }: LoopbackRequest) =>
    headers[name] === value ? trial.accepted : refused,
  );
  return {
    server,
    next,
    reasons,
    token: ({ reason }) => (reasons.push(reason) === 1 ? trial.token : next),
  };
}

const refusals: readonly AuthErrorCode[] = ["AUTH_TOKEN_REJECTED", "AUTH_TOKEN_EXPIRED"];

function otherRefusals({ answers }: ConformanceFacts): readonly OtherAnswer[] {
  return (answers.others ?? []).filter(({ status, code }) => status === 401 && !refusals.includes(code));
}

async function expectKept(trial: Trial, { name, status, headers, body }: OtherAnswer): Promise<void> {
  const server = await trial.serve(() => ({ status, body, ...(headers && { headers }) }));
  let loads = 0;
  const auth = trial.auth(server.url, { token: () => (++loads === 1 ? trial.token : trial.newToken()) });
  const response = await auth.fetch("/x");
  insist(response.status === status, `The answer "${name}" came back with status ${response.status}.`);
  insist(server.requests.length === 1 && loads === 1, `The answer "${name}" made it look for another token.`);
  insist((await auth.token()).reveal() === trial.token, `The answer "${name}" made it forget the token.`);
}
