export type { AnswerFacts, AnsweringProvider, CalledServer } from "./judgement.ts";
export { callService, errorOfAnswer, type ServiceCall, type ServiceReply } from "./service-call.ts";
