import type { AuthError } from "@auth/core";
import { isDeepStrictEqual } from "node:util";

import { failureOf, verifyFailures } from "../failure-of.ts";
import { printedForms } from "../printed-forms.ts";
import { expect, type Rule } from "../rule.ts";
import type { RuleContext } from "../rule-context.ts";

const nowhere = "http://127.0.0.1:9";

/** What people are told, and what nobody is shown. */
export const tellingRules: readonly Rule[] = [
  {
    id: "explanation",
    title: "explains itself as plain JSON, its warnings as sentences",
    remedy: "Put texts only into setup's warnings, and only of what is odd.",
    async check(context) {
      const server = await context.serve();
      const told = await context.auth(server.url).explain({ verify: true });
      expect(
        isDeepStrictEqual(JSON.parse(JSON.stringify(told)), structuredClone(told)),
        "An explanation does not survive JSON.",
      );
      const odd = told.warnings.find((warning) => typeof warning !== "string" || !/\S[.]$/.test(warning));
      expect(odd === undefined, `The warning ${JSON.stringify(odd)} is no sentence with a full stop.`);
      expect(!context.shows(printedForms(told)), "An explanation shows the token.");
    },
  },
  {
    id: "remedies",
    title: "says in every error whose it is and what to do, in an imperative sentence",
    remedy:
      "Word each remedy as one sentence that begins with a verb and ends with a full stop or an address.",
    async check(context) {
      for (const [what, { provider, message, remedy }] of await allErrors(context)) {
        expect(provider === context.provider.id, `${what}: the error is of "${provider}".`);
        expect(message.endsWith(remedy), `${what}: the message does not end with the remedy.`);
        const says = `${what}: the remedy is ${JSON.stringify(remedy)}, which`;
        expect(
          typeof remedy === "string" && /^[A-Z][a-z]+ \S/.test(remedy) && !notVerbs.test(remedy),
          `${says} does not begin with a verb.`,
        );
        expect(
          /(?:[^.!?][.]|https?:\/\/\S+)$/.test(remedy),
          `${says} ends with neither a full stop nor an address.`,
        );
        expect(!/[\n!]/.test(remedy) && remedy.length <= 300, `${says} is no single plain sentence.`);
      }
    },
  },
  {
    id: "token-only-in-header",
    isPerKind: true,
    title: "sends the token in its header and nowhere else in a request",
    remedy: "Put the token into no URL, body or other header.",
    async check(context) {
      const { name, value } = context.header();
      const server = await context.serve();
      const auth = context.auth(server.url);
      await auth.fetch("/things", { method: "POST", body: "x" });
      // What it makes of the answer is for accepted-answer.
      await auth.verify().catch(() => undefined);
      expect(server.requests.length >= 2, "verify() sent no request.");
      for (const { url, body, headers } of server.requests) {
        expect(headers[name] === value, `A request to its own origin went without ${name}.`);
        const { [name]: _, ...others } = headers;
        expect(
          !context.shows(`${url} ${body} ${JSON.stringify(others)}`),
          "A request shows the token in its URL, its body or another header.",
        );
      }
    },
  },
];

/** Words that a sentence may begin with which tells what is, and not what to do. */
const notVerbs =
  /^(?:A|An|The|This|That|These|Those|It|Its|You|Your|We|Our|I|My|They|There|Token|Tokens|Error|Invalid|Failed|No|Not|Please|Something|Unfortunately|Sorry|Could|Cannot|Can|Is|Are|Was|Has|Have|Should|Must|Maybe|Perhaps)\b/;

/** One error of each kind that the facts and the suite know to bring about. */
async function allErrors(context: RuleContext): Promise<readonly (readonly [string, AuthError])[]> {
  const verifyAgainst = await verifyFailures(context);
  const { others = [] } = context.facts.answers;
  const answers = [
    { name: "rejected", ...context.rejected },
    ...others,
    { name: "out of order", status: 500 },
    { name: "forbidden", status: 403 },
    { name: "too many requests", status: 429 },
    { name: "no such page", status: 404, body: [] },
  ];
  const errors: (readonly [string, AuthError])[] = [];
  for (const { name, ...answer } of answers) {
    const what = `The answer "${name}"`;
    errors.push([what, await verifyAgainst(answer, what)]);
  }
  const { env } = context.facts;
  if (typeof env === "string") {
    const auth = context.auth(nowhere, { token: undefined });
    errors.push(["No token", await failureOf(auth.token(), "There was no token")]);
  }
  return errors;
}
