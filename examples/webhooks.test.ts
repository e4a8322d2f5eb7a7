import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";

import { signWebhook } from "@auth/pylon/testing";
import { getRequestListener } from "@hono/node-server";
import { describe, expect, it, onTestFinished } from "vitest";

import { receiver as expressReceiver } from "./webhooks-express.ts";
import { receiver as fastifyReceiver } from "./webhooks-fastify.ts";
import { receiver as honoReceiver } from "./webhooks-hono.ts";

const secret = "canary-pylon-0e7b5d2c9a4f1683";
/** What parsing and writing again would change. */
const body = '{ "event":"issue.created",  "title":"Übergröße" }\n';

type Handle = (event: unknown) => void;
const receivers: readonly [
  string,
  (secret: string | undefined, handle: Handle) => Promise<RequestListener>,
][] = [
  ["Hono", async (...given) => getRequestListener(honoReceiver(...given).fetch)],
  ["Express", async (...given) => expressReceiver(...given)],
  [
    "Fastify",
    async (...given) => {
      const app = fastifyReceiver(...given);
      await app.ready();
      return app.routing;
    },
  ],
];

describe.each(receivers)("webhooks in %s", (_, receiver) => {
  async function deliver(headers: Record<string, string>, text = body, given: string | undefined = secret) {
    const events: unknown[] = [];
    const server = createServer(await receiver(given, (event) => void events.push(event)));
    server.listen(0, "127.0.0.1");
    onTestFinished(() => server.close().closeAllConnections());
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const { status } = await fetch(`http://127.0.0.1:${port}/pylon`, { method: "POST", headers, body: text });
    return { status, events };
  }

  it.each(["application/json", "text/plain", "application/x-www-form-urlencoded"])(
    "take what Pylon signed, as %s",
    async (type) => {
      const headers = { "content-type": type, "x-pylon-signature": await signWebhook(body, secret) };
      expect(await deliver(headers)).toEqual({ status: 204, events: [JSON.parse(body)] });
    },
  );

  it("refuse what Pylon did not sign", async () => {
    const signature = await signWebhook(body, secret);
    const type = { "content-type": "application/json" };
    for (const refused of [
      await deliver(type),
      await deliver({ ...type, "x-pylon-signature": signature }, JSON.stringify(JSON.parse(body))),
      await deliver({ ...type, "x-pylon-signature": `sha256=${signature}` }),
      await deliver({ "x-pylon-signature": signature }, ""),
    ]) {
      expect(refused).toEqual({ status: 401, events: [] });
    }
  });

  it("take nothing without a secret, which is an error of the receiver's own", async () => {
    const headers = {
      "content-type": "application/json",
      "x-pylon-signature": await signWebhook(body, secret),
    };
    expect(await deliver(headers, body, " ")).toEqual({ status: 500, events: [] });
  });
});
