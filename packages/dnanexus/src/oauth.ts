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
export type { AccountOptions } from "./account.ts";
export type { DNAnexusIdentity } from "./dnanexus.ts";
export type { JobEnvironment } from "./job-environment.ts";
export type { KeepOptions, Login } from "./keep-login.ts";
export type { LoginScope } from "./login.ts";
export { type BrowserLoginOptions, loginWithBrowser } from "./login-with-browser.ts";
