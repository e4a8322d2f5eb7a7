export {
  AuthError,
  type AuthErrorCode,
  type AuthErrorInit,
  type Environment,
  type Identity,
  isAuthError,
  type SourceAttempt,
  type Token,
  type Verification,
} from "@auth/core";
export type { AccountOptions } from "./account/account.ts";
export type { DNAnexusIdentity } from "./dnanexus.ts";
export type { JobEnvironment } from "./job/job-environment.ts";
export type { KeepOptions, Login } from "./account/keep-login.ts";
export type { LoginScope } from "./account/login.ts";
export { type BrowserLoginOptions, loginWithBrowser } from "./account/login-with-browser.ts";
