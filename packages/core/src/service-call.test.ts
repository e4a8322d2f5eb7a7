import { expect, it } from "vitest";

import { canary, serve } from "./fixtures/acme.ts";
import { failureOf } from "./fixtures/failure-of.ts";
import { callService, type ServiceCall } from "./service-call.ts";

const call = (url: string, facts: Partial<ServiceCall> = {}): ServiceCall => ({
  provider: { id: "acme", name: "Acme" },
  origins: [new URL(url).origin],
  url,
  source: "the password of ada",
  secrets: [canary],
  ...facts,
});

it("gives back a 2xx answer, with the service's id for it and the secrets masked", async () => {
  const server = await serve(({ body }) => ({
    status: 201,
    headers: { "x-id": "r-1" },
    body: { echo: body },
  }));
  const reply = await callService(
    call(`${server.url}/login`, {
      body: { password: canary },
      requestIdHeader: "x-id",
      headers: { "x-a": "1" },
    }),
  );
  expect(reply).toMatchObject({ status: 201, requestId: "r-1", body: { echo: '{"password":"[token]"}' } });
  expect(server.requests[0]).toMatchObject({
    method: "POST",
    headers: { accept: "application/json", "content-type": "application/json", "x-a": "1" },
    body: JSON.stringify({ password: canary }),
  });
});

it("sends a form as a form, and nothing where there is nothing to send", async () => {
  const server = await serve();
  await callService(call(server.url, { body: new URLSearchParams({ code: "a b" }) }));
  await callService(call(server.url, { method: "GET" }));
  expect(server.requests.map(({ headers, body }) => [headers["content-type"], body])).toEqual([
    ["application/x-www-form-urlencoded", "code=a+b"],
    [undefined, ""],
  ]);
});

it("tells what was judged, in the provider's own terms", async () => {
  const server = await serve(() => ({
    status: 400,
    body: { error: { type: "OTPRequired", message: canary } },
  }));
  const classify = (): { code: "AUTH_OTP_REQUIRED" } => ({ code: "AUTH_OTP_REQUIRED" });
  const error = await failureOf(callService(call(server.url, { classify })));
  expect(error.message).toBe(
    "acme: Acme wants a one-time code beside the password of ada (status 400). " +
      "Log in again with the code of the authenticator.",
  );
  const failed = await failureOf(
    callService(call(server.url, { classify: () => ({ code: "AUTH_LOGIN_FAILED" }) })),
  );
  expect(failed.message).toContain("Acme did not accept the password of ada");
});

it("tries again only where that is allowed", async () => {
  const server = await serve(() => ({ status: 503 }));
  await failureOf(callService(call(server.url, { retry: false })));
  expect(server.requests).toHaveLength(1);
  await failureOf(callService(call(server.url, { retryDelayMs: () => 0 })));
  expect(server.requests).toHaveLength(4);
});

it("sends nothing to an origin that is not the service's, and follows nothing there", async () => {
  const foreign = await serve();
  const own = await serve(() => ({ status: 307, headers: { location: foreign.url } }));
  const elsewhere = await failureOf(
    callService(call(foreign.url, { origins: [own.url], body: { password: canary } })),
  );
  expect(elsewhere.code).toBe("AUTH_ORIGIN_NOT_ALLOWED");
  const redirected = await failureOf(callService(call(own.url, { body: { password: canary } })));
  expect(redirected.code).toBe("AUTH_ORIGIN_NOT_ALLOWED");
  expect(foreign.requests).toHaveLength(0);
});
