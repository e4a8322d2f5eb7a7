export { callService, type ServiceCall, type ServiceReply } from "./service-call.ts";
