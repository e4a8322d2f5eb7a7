import type { AuthError, Explanation } from "@auth/core";
import { isDeepStrictEqual } from "node:util";

import { authErrorOf } from "../failure-of.ts";
import { insist, type Rule } from "../rule.ts";
import type { Trial } from "../trial.ts";
import { answering } from "../answering.ts";

/** What people are told. */
export const explainingRules: readonly Rule[] = [
  {
    id: "explain-never-throws",
    title: "explains itself without throwing, in any state, as plain JSON",
    remedy: "Leave explain as defineProvider makes it, and put texts only into warnings.",
    async check(trial) {
      const good = await trial.serve();
      const bad = await trial.serve(() => trial.rejected);
      const states: [string, Parameters<Trial["auth"]>, { verify: boolean }][] = [
        ["found", [good.url], { verify: false }],
        ["verified", [good.url], { verify: true }],
        ["failed", [bad.url], { verify: true }],
        ["failed", ["not an address"], { verify: true }],
        ["failed", [good.url, { token: () => Promise.reject(new Error("broken")) }], { verify: false }],
        ["failed", [good.url, { timeoutMs: -1 }], { verify: true }],
      ];
      for (const [outcome, auth, options] of states) {
        const told = await trial
          .auth(...auth)
          .explain(options)
          .catch(() => undefined);
        insist(told !== undefined, "explain() threw.");
        insist(
          isDeepStrictEqual(JSON.parse(JSON.stringify(told)), plain(told)),
          "An explanation does not survive JSON.",
        );
        insist(
          told.outcome === outcome,
          `The outcome of an explanation is "${told.outcome}", and not "${outcome}".`,
        );
      }
    },
  },
  {
    id: "explanation-facts",
    title: "tells in an explanation the provider, its addresses, each source and what went wrong",
    remedy: "Leave explain as defineProvider makes it.",
    async check(trial) {
      const bad = await trial.serve(() => trial.rejected);
      const told = await trial.auth(bad.url).explain({ verify: true });
      insist(told.provider === trial.provider.id, `The explanation is of "${told.provider}".`);
      insist(told.origins.join() === bad.url, "The explanation tells other origins.");
      insist(
        told.attempts[0]?.source === "option token" && told.attempts[0].outcome === "used",
        "The explanation does not tell which source was used.",
      );
      insist(
        told.error?.code === "AUTH_TOKEN_REJECTED" && told.error.remedy !== "",
        "The explanation does not tell what went wrong.",
      );
    },
  },
  {
    id: "errors-say-whose",
    title: "says in every error whose it is, and ends its message with the remedy",
    remedy: "Throw AuthErrors of core's only, with the provider's id.",
    async check(trial) {
      for (const [what, error] of await allErrors(trial)) {
        insist(error.provider === trial.provider.id, `${what}: the error is of "${error.provider}".`);
        insist(error.message.endsWith(error.remedy), `${what}: the message does not end with the remedy.`);
      }
    },
  },
  {
    id: "remedies",
    title: "says in every error what to do, in an imperative sentence",
    remedy:
      "Word each remedy as one sentence that begins with a verb and ends with a full stop or an address.",
    async check(trial) {
      for (const [what, { remedy }] of await allErrors(trial)) {
        const says = `${what}: the remedy is ${JSON.stringify(remedy)}, which`;
        insist(
          typeof remedy === "string" && /^[A-Z][a-z]+ \S/.test(remedy),
          `${says} does not begin with a verb.`,
        );
        insist(!notVerbs.test(remedy), `${says} does not begin with a verb.`);
        insist(
          /(?:[^.!?][.]|https:\/\/\S+)$/.test(remedy),
          `${says} ends with neither a full stop nor an address.`,
        );
        insist(!/[\n!]/.test(remedy) && remedy.length <= 300, `${says} is no single plain sentence.`);
      }
    },
  },
];

/** Words that a sentence may begin with which tells what is, and not what to do. */
const notVerbs =
  /^(?:A|An|The|This|That|These|Those|It|Its|You|Your|We|Our|I|My|They|There|Token|Tokens|Error|Invalid|Failed|No|Not|Please|Something|Unfortunately|Sorry|Could|Cannot|Can|Is|Are|Was|Has|Have|Should|Must|Maybe|Perhaps)\b/;

/** One error of each kind that the facts and the suite know to bring about. */
async function allErrors(trial: Trial): Promise<readonly (readonly [string, AuthError])[]> {
  const verifyAgainst = await answering(trial);
  const nowhere = "http://127.0.0.1:9";
  const { others = [] } = trial.facts.answers;
  const answers = [
    { name: "rejected", ...trial.rejected },
    ...others,
    { name: "out of order", status: 500 },
    { name: "forbidden", status: 403 },
    { name: "too many requests", status: 429 },
    { name: "of another shape", status: 200, body: [] },
    { name: "a redirect", status: 302, headers: { location: `${nowhere}/` } },
  ];
  const errors: (readonly [string, AuthError])[] = [];
  for (const { name, ...answer } of answers) {
    const what = `The answer "${name}"`;
    errors.push([what, await verifyAgainst(answer, what)]);
  }
  const broken = (): never => {
    throw new Error("broken");
  };
  const auths: [string, ReturnType<Trial["auth"]>][] = [
    ["A broken source", trial.auth(nowhere, { token: broken })],
    ["A malformed token", trial.auth(nowhere, { token: "a b" })],
    ["An address that is none", trial.auth("none")],
  ];
  if (typeof trial.facts.env === "string")
    auths.push(["No token", trial.auth(nowhere, { token: undefined })]);
  for (const [what, auth] of auths) errors.push([what, await authErrorOf(auth.token(), what)]);
  return errors;
}

/** Without the prototypes and the frozenness, which JSON does not keep. */
function plain(told: Explanation): unknown {
  return structuredClone(told);
}
