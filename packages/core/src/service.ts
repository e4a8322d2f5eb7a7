export type { AnswerFacts, AnsweringProvider, CalledServer } from "./service/call-context.ts";
export { callService, errorOfAnswer, type ServiceCall, type ServiceReply } from "./service/call.ts";
