import { dnanexus } from "@auth/dnanexus";
import { verifyIdentityToken } from "@auth/dnanexus/identity";
import { loginWithBrowser } from "@auth/dnanexus/oauth";
import { type Auth, isAuthError, pylon } from "@auth/pylon";
import { startFakePylon } from "@auth/pylon/testing";
import { verifyWebhook } from "@auth/pylon/webhooks";

export const auth: Auth = pylon({ region: "eu" });
export const others = [loginWithBrowser, startFakePylon, verifyIdentityToken];

export async function text(): Promise<string> {
  const { bytes, text: read } = await verifyWebhook("{}", { secret: "not-a-secret" });
  const copy: Uint8Array = bytes;
  const response = new Response(bytes);
  if (isAuthError(copy)) throw copy;
  return read + response.status + (await dnanexus().token()).reveal();
}
