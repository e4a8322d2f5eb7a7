export type { CalledServer } from "./answer-error.ts";
export {
  type AnswerFacts,
  callService,
  errorOfAnswer,
  type ServiceCall,
  type ServiceReply,
} from "./service-call.ts";
