export type { AnswerFacts, CalledServer } from "./judgement.ts";
export { callService, errorOfAnswer, type ServiceCall, type ServiceReply } from "./service-call.ts";
