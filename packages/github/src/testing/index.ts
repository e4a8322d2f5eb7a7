export type {
  LoopbackAnswer,
  LoopbackRequest,
  LoopbackServerOptions,
  ScriptedLoopbackAnswer,
} from "@auth/testing/loopback";

export type { FakeGitHubApp, FakeInstallation } from "./app-table.ts";
export { type FakeGitHub, type FakeGitHubOptions, startFakeGitHub } from "./fake-github.ts";
export type { FakeRepository } from "./handlers.ts";
export type { GitHubOperation } from "./operations.ts";
export type { GitHubProblemName } from "./problems.ts";
export type { ScriptedAnswer } from "./script.ts";
export { signWebhook } from "./sign-webhook.ts";
export type { FakeGitHubToken } from "./token-table.ts";
