import { ownField } from "@auth/core";
import type { LoopbackAnswer, LoopbackRequest } from "@auth/testing/loopback";

/** The one incoming webhook. Its address is the secret. */
const path = "/services/T01ABCDEF/B01ABCDEF/not-a-secret";

/** Real statuses with a bare word, unlike the rest of Slack. */
export function receiveWebhook(request: LoopbackRequest): LoopbackAnswer {
  const plain = (status: number, body: string): LoopbackAnswer => ({
    status,
    headers: { "content-type": "text/html" },
    body,
  });
  if (request.path !== path) return plain(404, "no_service");
  try {
    return typeof ownField(JSON.parse(request.body), "text") === "string"
      ? plain(200, "ok")
      : plain(400, "no_text");
  } catch {
    return plain(400, "invalid_payload");
  }
}
