export {
  AuthError,
  type AuthErrorCode,
  type AuthErrorInit,
  isAuthError,
  type SourceAttempt,
} from "@auth/core";

export {
  type VerifiedWebhook,
  verifyWebhook,
  type VerifyWebhookOptions,
  type WebhookHeaders,
} from "./verify-webhook.ts";
