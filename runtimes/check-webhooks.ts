import type { Ground } from "./ground.ts";
import { shownBy } from "./shown-by.ts";
import { canary, failureOf, nextCanary, same } from "./suite.ts";

export async function checkWebhooks({ check, own, core }: Ground): Promise<void> {
  await check("a webhook that Pylon signed is accepted, and any other one is refused", async () => {
    const { verifyWebhook } = await import("@auth/pylon/webhooks");
    const vector = "da9c3d50db389ddb01ecc93c6259af3ee158f10d2b69da9d396b6feb6078eda9";
    const signed = '{"event":"issue.created","id":"1"}';
    const options = { secret: "whsec-example", signature: vector };
    same((await verifyWebhook(signed, options)).text, signed);

    const secret = canary;
    const body = '{"title":"Übergröße 🧵"}';
    const signature = await signatureOf(body, secret);
    const delivered = (init: RequestInit = {}): Request =>
      new Request(own, { method: "POST", body, headers: { "x-pylon-signature": signature }, ...init });
    same((await verifyWebhook(delivered(), { secret })).text, body);
    same((await verifyWebhook(delivered(), { secrets: [nextCanary, canary] })).text, body);
    const bytes = new TextEncoder().encode(body);
    same((await verifyWebhook(bytes, { secret, headers: new Headers(delivered().headers) })).text, body);

    for (const refused of [
      () => verifyWebhook(delivered(), { secret: nextCanary }),
      () => verifyWebhook(delivered({ body: `${body} ` }), { secret }),
      () => verifyWebhook(delivered({ headers: {} }), { secret }),
      () => verifyWebhook(delivered({ headers: { "x-pylon-signature": `sha256=${signature}` } }), { secret }),
      () => verifyWebhook(delivered(), { secret, maxBytes: 5 }),
    ]) {
      const error = await failureOf(refused());
      same(core.isAuthError(error, "AUTH_TOKEN_REJECTED"), true);
      same(
        shownBy(error).filter((text) => text.includes(canary)),
        [],
      );
    }
  });
}

/** As the documentation of Pylon's signature has it, by the platform's own cryptography. */
async function signatureOf(body: string, secret: string): Promise<string> {
  const [key, bytes] = [new TextEncoder().encode(secret), new TextEncoder().encode(body)];
  const hmac = { name: "HMAC", hash: "SHA-256" };
  const imported = await crypto.subtle.importKey("raw", key, hmac, false, ["sign"]);
  const signature = new Uint8Array(await crypto.subtle.sign("HMAC", imported, bytes));
  return Array.from(signature, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
