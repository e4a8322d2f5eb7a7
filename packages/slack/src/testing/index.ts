export type { LoopbackAnswer, LoopbackRequest, ScriptedLoopbackAnswer } from "@auth/testing/loopback";

export {
  type FakeSlack,
  type FakeSlackOptions,
  type FakeSlackRequest,
  startFakeSlack,
} from "./fake-slack.ts";
export type { FakeSlackApp } from "./grants.ts";
export type { SlackChannel, SlackMethod } from "./methods.ts";
export type { ScriptedAnswer } from "./script.ts";
export { signWebhook } from "./sign-webhook.ts";
export type { FakeSlackToken } from "./token-table.ts";
