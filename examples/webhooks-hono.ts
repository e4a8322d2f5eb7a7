// Pylon's webhooks in Hono, and in whatever else gives the platform's `Request`: it is passed on as it came.
import { isAuthError, verifyWebhook } from "@auth/pylon/webhooks";
import { Hono } from "hono";

export function receiver(secret: string | undefined, handle: (event: unknown) => void): Hono {
  const app = new Hono();
  app.post("/pylon", async (context) => {
    const { text } = await verifyWebhook(context.req.raw, { secret });
    handle(JSON.parse(text));
    return context.body(null, 204);
  });
  app.onError((error, context) => context.body(null, isAuthError(error, "AUTH_TOKEN_REJECTED") ? 401 : 500));
  return app;
}
