export {
  defineWebhook,
  type ReadSignature,
  type RefusedSignature,
  type VerifiedWebhook,
  type VerifyWebhook,
  type VerifyWebhookOptions,
  type WebhookScheme,
} from "./webhooks/define-webhook.ts";
export type { HeaderReader, WebhookHeaders } from "./webhooks/header-reader.ts";
export { hmacSha256 } from "./webhooks/hmac.ts";
export type { WebhookDelivery } from "./webhooks/read-delivery.ts";
