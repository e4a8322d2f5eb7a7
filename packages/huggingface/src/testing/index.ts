export type { LoopbackAnswer, LoopbackRequest, ScriptedLoopbackAnswer } from "@auth/testing/loopback";

export {
  type FakeHuggingFace,
  type FakeHuggingFaceOptions,
  type FakeHuggingFaceRequest,
  startFakeHuggingFace,
} from "./fake-huggingface.ts";
export type { DeviceState } from "./hub-oauth.ts";
export type { RateBucket, RateLimits } from "./rate-window.ts";
export type { FakeHuggingFaceRepo } from "./repository.ts";
export type { FakeHuggingFaceOrg, FakeHuggingFaceToken } from "./token-table.ts";
