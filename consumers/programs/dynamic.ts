export async function text(): Promise<string> {
  const { pylon } = await import("@auth/pylon");
  const { verifyWebhook } = await import("@auth/pylon/webhooks");
  const { text: read } = await verifyWebhook("{}", { secret: "not-a-secret" });
  return read + (await pylon().token()).reveal();
}
