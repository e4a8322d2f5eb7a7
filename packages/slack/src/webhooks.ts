export {
  AuthError,
  type AuthErrorCode,
  type AuthErrorInit,
  isAuthError,
  type SourceAttempt,
} from "@auth/core";
export type {
  VerifiedWebhook,
  VerifyWebhook,
  VerifyWebhookOptions,
  WebhookDelivery,
  WebhookHeaders,
} from "@auth/core/webhooks";

export { verifyWebhook } from "./verify-webhook.ts";
