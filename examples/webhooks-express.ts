// Pylon's webhooks in Express: `express.raw` keeps the bytes that were signed, for every content type. An `express.json()`
// for the whole app has to come after this route.
import { isAuthError, verifyWebhook } from "@auth/pylon/webhooks";
import express, { type ErrorRequestHandler, type Express } from "express";

export function receiver(secret: string | undefined, handle: (event: unknown) => void): Express {
  const app = express();
  // oxlint-disable-next-line oxc/no-async-endpoint-handlers -- Express 5 hands what it throws to the error handler.
  app.post("/pylon", express.raw({ type: () => true, limit: "1mb" }), async (request, response) => {
    // Without a body Express leaves it undefined.
    const body: Buffer = request.body ?? Buffer.alloc(0);
    const { text } = await verifyWebhook(body, { secret, headers: request.headers });
    handle(JSON.parse(text));
    response.sendStatus(204);
  });
  app.use(express.json());
  // Express knows an error handler by its four parameters.
  const onError: ErrorRequestHandler = (error, _request, response, _next) => {
    response.sendStatus(isAuthError(error, "AUTH_TOKEN_REJECTED") ? 401 : 500);
  };
  return app.use(onError);
}
