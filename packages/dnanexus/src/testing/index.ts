export type { LoopbackAnswer, LoopbackRequest, ScriptedLoopbackAnswer } from "@auth/testing/loopback";
export type { Certificate } from "./certificate.ts";
export type { FakeProject, FakeUser } from "./directory.ts";
export type { LaunchedJob } from "./environment.ts";
export { type FakeDNAnexus, type FakeDNAnexusOptions, startFakeDNAnexus } from "./fake-dnanexus.ts";
export type { FakeLockout } from "./lockout.ts";
export type { ConsentRequest, FakeClient } from "./oauth-routes.ts";
export type { ScriptedAnswer } from "./script.ts";
export type { FakeJobToken, FakeScope, FakeToken, StoredToken } from "./token-store.ts";
