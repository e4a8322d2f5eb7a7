export {
  answerAsScripted,
  type AnswerScript,
  createAnswerScript,
  type ScriptedLoopbackAnswer,
} from "./answer-script.ts";
export { type LoopbackAddresses, loopbackFetch, onLoopback } from "./loopback-fetch.ts";
export {
  type LoopbackAnswer,
  type LoopbackRequest,
  type LoopbackServer,
  type LoopbackServerOptions,
  startLoopbackServer,
} from "./loopback-server.ts";
export { send, type Wire } from "./send.ts";
