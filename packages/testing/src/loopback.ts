export {
  type LoopbackAnswer,
  type LoopbackRequest,
  type LoopbackServer,
  type LoopbackServerOptions,
  startLoopbackServer,
} from "./loopback-server.ts";
