// Pylon's webhooks in Fastify: a plugin with a content type parser of its own keeps the bytes that were signed; the other
// routes of the app still get parsed JSON.
import { isAuthError, verifyWebhook } from "@auth/pylon/webhooks";
import fastify, { type FastifyInstance } from "fastify";

export function receiver(secret: string | undefined, handle: (event: unknown) => void): FastifyInstance {
  const app = fastify();
  void app.register(async (webhooks) => {
    webhooks.removeAllContentTypeParsers();
    webhooks.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
    webhooks.post<{ Body?: Buffer }>("/pylon", async ({ body, headers }, reply) => {
      const { text } = await verifyWebhook(body ?? Buffer.alloc(0), { secret, headers });
      handle(JSON.parse(text));
      return reply.code(204).send();
    });
  });
  app.setErrorHandler((error, _request, reply) =>
    reply.code(isAuthError(error, "AUTH_TOKEN_REJECTED") ? 401 : 500).send(),
  );
  return app;
}
