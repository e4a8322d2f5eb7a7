export type { LoopbackAnswer, LoopbackRequest, ScriptedLoopbackAnswer } from "@auth/testing/loopback";

export { type FakeAnthropic, type FakeAnthropicOptions, startFakeAnthropic } from "./fake-anthropic.ts";
export type { FakeAnthropicModel } from "./handlers.ts";
export type { ScriptedAnswer } from "./script.ts";
export type { FakeAnthropicFederation } from "./token-endpoint.ts";
export type { FakeAnthropicToken } from "./token-table.ts";
