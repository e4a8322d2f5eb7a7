export type { LoopbackAnswer, LoopbackRequest, ScriptedLoopbackAnswer } from "@auth/testing/loopback";

export type { PylonRegion } from "../region.ts";
export {
  type FakePylon,
  type FakePylonOptions,
  type FakePylonRequest,
  startFakePylon,
} from "./fake-pylon.ts";
export type { PylonOperation } from "./operations.ts";
export type { PylonObject } from "./page.ts";
export type { ScriptedAnswer } from "./script.ts";
export { signWebhook } from "./sign-webhook.ts";
export type { FakePylonToken } from "./token-table.ts";
