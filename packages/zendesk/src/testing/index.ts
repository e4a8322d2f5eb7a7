export type { LoopbackAnswer, LoopbackRequest, ScriptedLoopbackAnswer } from "@auth/testing/loopback";

export type { FakeZendeskClient, FakeZendeskToken, FakeZendeskUser } from "./account.ts";
export { type FakeZendesk, type FakeZendeskOptions, startFakeZendesk } from "./fake-zendesk.ts";
export type { FakeTicket } from "./handlers.ts";
export type { ZendeskOperation } from "./operations.ts";
export type { ZendeskProblemName } from "./problems.ts";
export type { ScriptedAnswer } from "./script.ts";
export { signWebhook } from "./sign-webhook.ts";
