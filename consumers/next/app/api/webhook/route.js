import { verifyWebhook } from "@auth/pylon/webhooks";

export const dynamic = "force-dynamic";

export async function GET(request) {
  const error = await verifyWebhook(request, { secret: "not-a-secret" }).catch((reason) => reason);
  return new Response(error.code);
}
