import type { AuthErrorCode } from "@auth/core";

import { answering } from "../answering.ts";
import type { LoopbackAnswer } from "../loopback-server.ts";
import { insist, type Rule } from "../rule.ts";

/** What becomes of the service's answers, of whatever kind. */
export const answerRules: readonly Rule[] = [
  {
    id: "rejected-answer",
    title: "says that the service refused the token, and which",
    remedy:
      "Mend classify, which says what an answer means, or the facts, which say how the service refuses a token.",
    async check(trial) {
      const verifyAgainst = await answering(trial);
      const { code, status, message } = await verifyAgainst(trial.rejected, "The service refused the token");
      insist(code === "AUTH_TOKEN_REJECTED", `The service refused the token: that gave ${code}.`);
      insist(status === trial.rejected.status, `The error has the status ${status}.`);
      insist(message.includes("option token"), "The error does not say where the token came from.");
    },
  },
  {
    id: "other-answers",
    title: "tells the service's other answers apart",
    remedy: "Mend classify, which says what an answer means, or the facts, which say what it should.",
    applies: ({ answers }) => (answers.others ?? []).length > 0,
    async check(trial) {
      const verifyAgainst = await answering(trial);
      for (const { name, code, retryAfterMs, ...answer } of trial.facts.answers.others ?? []) {
        const error = await verifyAgainst(answer, `The service answered "${name}"`);
        insist(error.code === code, `The answer "${name}" gave ${error.code}, and not ${code}.`);
        insist(
          retryAfterMs === undefined || error.retryAfterMs === retryAfterMs,
          `The answer "${name}" asks to wait ${error.retryAfterMs} ms, and not ${retryAfterMs}.`,
        );
      }
    },
  },
  {
    id: "any-answer",
    title: "makes an AuthError of any refusal, whatever its body is",
    remedy: "Let classify trust no shape: read own properties, and check the type of each before using it.",
    async check(trial) {
      const verifyAgainst = await answering(trial);
      for (const status of [400, 401, 403, 409, 429, 500]) {
        const long = status === 401 ? ["x".repeat(300_000), "[".repeat(20_000)] : [];
        for (const body of [...foreignBodies, ...long, blanked(trial.rejected.body)]) {
          const what = `The service answered with status ${status} and ${short(body)}`;
          const error = await verifyAgainst({ status, headers: json, body: textOf(body) }, what);
          insist(codes.includes(error.code), `${what}: that gave ${error.code}, which is no code.`);
          insist(error.status === status, `${what}: the error has the status ${error.status}.`);
        }
      }
    },
  },
  {
    id: "foreign-answer",
    title: "does not take an answer of another shape for an identity",
    remedy:
      "Make identify return undefined unless kind and id are there, as own properties of the right type.",
    async check(trial) {
      const verifyAgainst = await answering(trial);
      const { body } = trial.accepted;
      const hidden =
        typeof body === "object" ? [`{"__proto__":${JSON.stringify(body)}}`, [body], blanked(body)] : [];
      for (const foreign of [...foreignBodies, ...hidden]) {
        const what = `The service accepted the token with ${short(foreign)}`;
        const { code } = await verifyAgainst({ status: 200, headers: json, body: textOf(foreign) }, what);
        insist(code === "AUTH_RESPONSE_MALFORMED", `${what}: that gave ${code}.`);
      }
    },
  },
  {
    id: "service-out-of-order",
    title: "blames the service and not the token for a 5xx, a gateway's page among them",
    remedy: "Give no code in classify for what is not the service's own error: core judges by the status.",
    async check(trial) {
      const verifyAgainst = await answering(trial);
      const page = "<html><body><h1>502 Bad Gateway</h1></body></html>";
      const html = { "content-type": "text/html" };
      for (const [status, body] of [
        [500, ""],
        [502, page],
        [503, page],
        [504, ""],
      ] as const) {
        const { code } = await verifyAgainst({ status, headers: html, body }, `Status ${status}`);
        insist(code === "AUTH_UNREACHABLE", `The status ${status} gave ${code}.`);
      }
    },
  },
  {
    id: "believable-waits",
    title: "believes no wait that is longer than a day, or none at all",
    remedy: "Read waits with parseRetryAfter.",
    async check(trial) {
      const verifyAgainst = await answering(trial);
      const limited = trial.facts.answers.others?.find(({ code }) => code === "AUTH_RATE_LIMITED");
      const { status = 429, headers = {}, body = {} } = limited ?? {};
      const names = Object.keys(headers).filter((name) => name.toLowerCase() !== "content-type");
      for (const wait of ["99999999999999999999", "-1", "soon", "1e9", "Fri, 31 Dec 9999 23:59:59 GMT"]) {
        const waits = Object.fromEntries(["retry-after", ...names].map((name) => [name, wait]));
        const answer = { status, headers: { ...headers, ...waits }, body };
        const { retryAfterMs } = await verifyAgainst(answer, "The service asked to wait");
        insist(
          retryAfterMs === undefined || (retryAfterMs >= 0 && retryAfterMs <= 86_400_000),
          `The service asked to wait "${wait}", and the error says ${retryAfterMs} ms.`,
        );
      }
    },
  },
  {
    id: "request-id",
    title: "reads the service's id for an answer, good or bad",
    remedy: "Give setup the header's name as requestIdHeader.",
    applies: ({ requestIdHeader }) => requestIdHeader !== undefined,
    async check(trial) {
      const verifyAgainst = await answering(trial);
      const id = "req-5f0c2c1e";
      const headers = { [trial.facts.requestIdHeader ?? ""]: id };
      const withId = (answer: LoopbackAnswer): LoopbackAnswer => ({
        ...answer,
        headers: { ...answer.headers, ...headers },
      });
      const good = await trial.serve(() => withId(trial.accepted));
      const { requestId } = await trial.auth(good.url).verify();
      insist(requestId === id, `verify() gives the id ${requestId}, and not the answer's.`);
      const error = await verifyAgainst(withId(trial.rejected), "The service refused the token");
      insist(error.requestId === id, `The error has the id ${error.requestId}, and not the answer's.`);
    },
  },
];

const json = { "content-type": "application/json" };

const codes: readonly AuthErrorCode[] = [
  "AUTH_TOKEN_REJECTED",
  "AUTH_TOKEN_EXPIRED",
  "AUTH_PERMISSION_DENIED",
  "AUTH_RATE_LIMITED",
  "AUTH_UNREACHABLE",
  "AUTH_RESPONSE_MALFORMED",
  "AUTH_LOGIN_FAILED",
  "AUTH_OTP_REQUIRED",
];

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
