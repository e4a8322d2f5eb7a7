import type { AuthError } from "@auth/core";

import { errorCodes } from "../error-codes.ts";
import { verifyFailures } from "../failure-of.ts";
import type { LoopbackAnswer } from "../loopback-server.ts";
import { expect, type Rule } from "../rule.ts";
import type { RuleContext } from "../rule-context.ts";

/** What becomes of the service's answers, of whatever kind. */
export const answerRules: readonly Rule[] = [
  {
    id: "other-answers",
    isPerKind: true,
    title: "tells the service's other answers apart",
    remedy: "Mend classify, which says what an answer means, or the facts, which say what it should.",
    applies: ({ answers }) => (answers.others ?? []).length > 0,
    async check(context) {
      const verifyAgainst = await verifyFailures(context);
      for (const { name, code, retryAfterMs, ...answer } of context.facts.answers.others ?? []) {
        expect(
          errorCodes.includes(code),
          `The facts expect ${code} of the answer "${name}", and there is no such code. ${known}`,
        );
        const error = await verifyAgainst(answer, `The service answered "${name}"`);
        expect(error.code === code, `The answer "${name}" gave ${error.code}, and not ${code}.`);
        expect(
          retryAfterMs === undefined || error.retryAfterMs === retryAfterMs,
          `The answer "${name}" asks to wait ${error.retryAfterMs} ms, and not ${retryAfterMs}.`,
        );
      }
    },
  },
  {
    id: "answers-of-fetch",
    isPerKind: true,
    title: "says the same of a refusal to fetch as of one to verify, and finds no fault with a good answer",
    remedy:
      "Let classify give a code only to what is a refusal, whatever was asked: auth.errorOf asks it too.",
    async check(context) {
      const { others = [] } = context.facts.answers;
      const refused = { name: "rejected", code: "AUTH_TOKEN_REJECTED", ...context.rejected };
      for (const { name, code, status, headers, body } of [refused, ...others]) {
        // A request that is wrong in itself says nothing of the token, and a redirect is fetch's own affair.
        if (code === "AUTH_RESPONSE_MALFORMED" || (status >= 300 && status < 400)) continue;
        if (!errorCodes.includes(code)) continue;
        const error = await errorOf(context, { status, body, ...(headers && { headers }) });
        expect(
          error?.code === code,
          `errorOf() of the answer "${name}" gave ${error?.code}, and not ${code}.`,
        );
      }
      for (const body of [context.accepted.body, {}, [], { ok: true, id: "1" }, "text"]) {
        const error = await errorOf(context, { status: 200, headers: json, body: textOf(body) });
        expect(error === undefined, `errorOf() of a 200 with ${short(body)} gave ${error?.code}.`);
      }
    },
  },
  {
    id: "any-answer",
    title: "makes an AuthError of any refusal, whatever its body is, and makes it quickly",
    remedy:
      "Let classify trust no shape and no length: read members with ownText, and use no slow expression.",
    async check(context) {
      const verifyAgainst = await verifyFailures(context);
      for (const status of [400, 401, 403, 409, 429, 500]) {
        const long = status === 401 ? ["x".repeat(80_000), "[".repeat(20_000)] : [];
        for (const body of [...foreignBodies, ...long, blanked(context.rejected.body)]) {
          const what = `The service answered with status ${status} and ${short(body)}`;
          const startedAt = performance.now();
          const error = await verifyAgainst({ status, headers: json, body: textOf(body) }, what);
          const tookMs = performance.now() - startedAt;
          expect(error.status === status, `${what}: the error has the status ${error.status}.`);
          expect(
            !long.includes(String(body)) || tookMs < 2_000,
            `${what}: that took ${Math.round(tookMs)} ms.`,
          );
        }
      }
    },
  },
  {
    id: "foreign-answer",
    isPerKind: true,
    title: "does not take an answer of another shape for an identity",
    remedy:
      "Make identify return undefined unless kind and id are there, as own properties of the right type.",
    async check(context) {
      const verifyAgainst = await verifyFailures(context);
      const { body } = context.accepted;
      const hidden =
        typeof body === "object" ? [`{"__proto__":${JSON.stringify(body)}}`, [body], blanked(body)] : [];
      for (const foreign of [...foreignBodies, ...hidden]) {
        const what = `The service accepted the token with ${short(foreign)}`;
        const { code } = await verifyAgainst({ status: 200, headers: json, body: textOf(foreign) }, what);
        expect(code === "AUTH_RESPONSE_MALFORMED", `${what}: that gave ${code}.`);
      }
    },
  },
  {
    id: "service-out-of-order",
    title: "blames the service and not the token for a 5xx, a gateway's page among them",
    remedy: "Give no code in classify for what is not the service's own error: core judges by the status.",
    async check(context) {
      const verifyAgainst = await verifyFailures(context);
      const page = "<html><body><h1>502 Bad Gateway</h1></body></html>";
      const html = { "content-type": "text/html" };
      for (const [status, body] of [
        [500, ""],
        [502, page],
        [503, page],
        [504, ""],
      ] as const) {
        const { code } = await verifyAgainst({ status, headers: html, body }, `Status ${status}`);
        expect(code === "AUTH_UNREACHABLE", `The status ${status} gave ${code}.`);
      }
    },
  },
  {
    id: "request-id",
    isPerKind: true,
    title: "reads the service's id for an answer, good or bad",
    remedy: "Give setup the header's name as requestIdHeader.",
    applies: ({ requestIdHeader }) => requestIdHeader !== undefined,
    async check(context) {
      const verifyAgainst = await verifyFailures(context);
      const id = "req-5f0c2c1e";
      const headers = { [context.facts.requestIdHeader ?? ""]: id };
      const withId = (answer: LoopbackAnswer): LoopbackAnswer => ({
        ...answer,
        headers: { ...answer.headers, ...headers },
      });
      const good = await context.serve(() => withId(context.accepted));
      const { requestId } = await context.auth(good.url).verify();
      expect(requestId === id, `verify() gives the id ${requestId}, and not the answer's.`);
      const error = await verifyAgainst(withId(context.rejected), "The service refused the token");
      expect(error.requestId === id, `The error has the id ${error.requestId}, and not the answer's.`);
    },
  },
];

async function errorOf(context: RuleContext, answer: LoopbackAnswer): Promise<AuthError | undefined> {
  const server = await context.serve(() => answer);
  const auth = context.auth(server.url);
  return auth.errorOf(await auth.fetch("/things"));
}

const known = `There are ${errorCodes.join(", ")}.`;

const json = { "content-type": "application/json" };

/** Bodies that no service documents, each of which has broken somebody's code. */
const foreignBodies: readonly unknown[] = [
  "",
  "null",
  "0",
  "[null]",
  "{}",
  "<html><body>Log in</body></html>",
  '{"__proto__":{"id":"x","kind":"x"}}',
  '{"id":null,"data":null,"error":null,"errors":null,"user":null}',
  '{"id":{},"data":{"id":[]},"error":{"type":{},"message":[]},"errors":[null,{},[]],"user":[]}',
  '{"id":"","data":[],"error":"","errors":"x","user":"","code":1,"message":{}}',
  '{"constructor":1,"toString":null,"hasOwnProperty":"x","then":"x"}',
];

/** The same shape with an empty object for each text and number. */
function blanked(body: unknown): unknown {
  if (Array.isArray(body)) return body.map(blanked);
  if (typeof body !== "object" || body === null) return {};
  return Object.fromEntries(Object.entries(body).map(([key, value]) => [key, blanked(value)]));
}

function textOf(body: unknown): string {
  return typeof body === "string" ? body : (JSON.stringify(body) ?? "");
}

function short(body: unknown): string {
  const text = textOf(body);
  return text === "" ? "an empty body" : text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
