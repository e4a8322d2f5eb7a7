import { expect, it } from "vitest";

import { answerAsScripted, createAnswerScript, type ScriptedLoopbackAnswer } from "./answer-script.ts";

it("gives each answer as often as it says, the oldest that suits first, and then none", () => {
  const script = createAnswerScript();
  script.add("/a", [{ status: 500, times: 2 }, { status: 429 }]);
  script.add("/b", [{ status: 404 }, { status: 410, times: 0 }]);
  const take = (route: string): number | undefined => script.take((scripted) => scripted === route)?.status;
  expect([take("/c"), take("/b"), take("/b")]).toEqual([undefined, 404, undefined]);
  expect([take("/a"), take("/a"), take("/a"), take("/a")]).toEqual([500, 500, 429, undefined]);
});

it("leaves alone what was scripted for another request to the same route", () => {
  const script = createAnswerScript<ScriptedLoopbackAnswer & { readonly region: string }>();
  script.add("/a", [{ region: "eu", status: 503 }]);
  const take = (from: string): number | undefined => script.take((_, { region }) => region === from)?.status;
  expect([take("us"), take("eu"), take("eu")]).toEqual([undefined, 503, undefined]);
});

it.each<[what: string, scripted: ScriptedLoopbackAnswer, sent: object]>([
  ["the ordinary answer, late", { delayMs: 5 }, { ...ordinary(), delayMs: 5 }],
  [
    "the ordinary answer with another header",
    { headers: { "x-a": "2" } },
    { body: "ok", headers: { "x-a": "2", "x-b": "1" } },
  ],
  ["what the service says with a status", { status: 429 }, ofStatus(429)],
  [
    "that with another header",
    { status: 429, headers: { "retry-after": "1" } },
    { status: 429, body: "says the service", headers: { "retry-after": "1" } },
  ],
  [
    "a gateway's page",
    { status: 502, body: "<html>" },
    { status: 502, body: "<html>", headers: { "content-type": "text/html" } },
  ],
  [
    "a text of another type",
    { status: 200, body: "a,b", headers: { "content-type": "text/csv" } },
    { status: 200, body: "a,b", headers: { "content-type": "text/csv" } },
  ],
  [
    "JSON, cut short",
    { status: 200, body: {}, truncateAt: 1 },
    { status: 200, body: {}, truncateAt: 1, headers: {} },
  ],
])("sends %s", (_, scripted, sent) => {
  expect(answerAsScripted(scripted, ordinary, ofStatus)).toEqual(sent);
});

it("does not trouble the service for a connection that it drops", () => {
  const never = (): never => expect.unreachable();
  expect(answerAsScripted({ drop: true, status: 200 }, never, never)).toEqual({ drop: true });
});

function ordinary(): { body: string; headers: Record<string, string> } {
  return { body: "ok", headers: { "x-a": "1", "x-b": "1" } };
}

function ofStatus(status: number): { status: number; body: string; headers: Record<string, string> } {
  return { status, body: "says the service", headers: {} };
}
