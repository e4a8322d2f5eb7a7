import { describe, expect, it } from "vitest";

import { canary, listen, serve } from "./fixtures/acme.ts";
import { failureOf } from "./fixtures/failure-of.ts";
import { callService, errorOfAnswer, type ServiceCall } from "./service-call.ts";

const call = (url: string, facts: Partial<ServiceCall> = {}): ServiceCall => ({
  provider: { id: "acme", name: "Acme" },
  origins: [new URL(url).origin],
  url,
  judged: "the password of ada",
  secrets: [canary],
  ...facts,
});

it("gives back a 2xx answer as it came, with the service's id for it", async () => {
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
  expect(reply).toMatchObject({
    status: 201,
    requestId: "r-1",
    body: { echo: JSON.stringify({ password: canary }) },
  });
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

it("judges an answer as it came, and masks only what it quotes of it", async () => {
  const server = await serve(() => ({
    status: 400,
    body: { error: { type: "otp-error", message: `no error: ${canary}` } },
  }));
  // A password may be any word, one that the service's answers are made of among them.
  const secrets = ["error", canary];
  const seen: unknown[] = [];
  const classify: ServiceCall["classify"] = ({ body }) => {
    seen.push(body);
    return { code: "AUTH_OTP_REQUIRED", reason: JSON.stringify(body) };
  };
  const { message } = await failureOf(callService(call(server.url, { secrets, classify })));
  expect(JSON.stringify(seen)).toContain(`{"error":{"type":"otp-error","message":"no error: ${canary}"}}`);
  expect(message).toContain('{"[token]":{"type":"otp-[token]","message":"no [token]: [token]"}}');
});

it("masks a secret as it stood in the body too", async () => {
  const secret = `${canary} "&ü`;
  const server = await serve(({ body }) => ({ status: 400, body: { message: body } }));
  const classify: ServiceCall["classify"] = ({ body }) => ({ reason: (body as { message: string }).message });
  for (const body of [{ password: secret }, new URLSearchParams({ password: secret })]) {
    const { message } = await failureOf(callService(call(server.url, { secrets: [secret], classify, body })));
    expect(message).toMatch(/password"?[:=]"?\[token\]/);
  }
});

it.each([
  [{}, "the request"],
  [{ source: "env ACME_TOKEN" }, "the token from env ACME_TOKEN"],
  [{ judged: "the password of ada" }, "the password of ada"],
])("names what the service did not judge: %j", async (facts, judged) => {
  const server = await serve(() => ({ drop: true }));
  const asked = { ...call(server.url), judged: undefined, ...facts };
  expect((await failureOf(callService(asked))).message).toContain(`says nothing about ${judged}.`);
  const busy = await serve(() => ({ status: 500 }));
  const { message } = await failureOf(
    callService({ ...call(busy.url), ...asked, url: busy.url, origins: [busy.url], retry: false }),
  );
  expect(message).toContain(`did not judge ${judged} (status 500)`);
});

it("names the option that the address comes from", async () => {
  const server = { name: "auth server", option: "authUrl" };
  const dropping = await serve(() => ({ drop: true }));
  expect((await failureOf(callService(call(dropping.url)))).remedy).toContain("the proxy and baseUrl,");
  const named = call(dropping.url, { server });
  expect((await failureOf(callService(named))).remedy).toContain("the proxy and authUrl,");
  const strange = await serve(() => ({ status: 418 }));
  const { remedy } = await failureOf(callService(call(strange.url, { server })));
  expect(remedy).toBe("Check that authUrl is the address of the auth server.");
});

it("waits as often as it is asked to, up to an end, beside its own retries", async () => {
  let tries = 0;
  const server = await serve(() => {
    tries += 1;
    return tries % 2 === 0 ? { status: 500 } : { status: 429, headers: { "retry-after": "0" } };
  });
  const attempts: number[] = [];
  const retryDelayMs: ServiceCall["retryDelayMs"] = (failed) => {
    attempts.push(failed.attempts);
    return 0;
  };
  // 429, 500, 429, 500, 429, and the third 500 is one too many.
  expect(await failureOf(callService(call(server.url, { retryDelayMs })))).toMatchObject({ status: 500 });
  expect(attempts).toEqual([1, 2, 3, 4, 5, 6]);
  const throttling = await serve(() => ({ status: 503, headers: { "retry-after": "0" } }));
  const error = await failureOf(callService(call(throttling.url, { retryDelayMs: () => 0 })));
  expect(error).toMatchObject({ status: 503 });
  expect(throttling.requests).toHaveLength(7);
});

it("ends a wait with the signal, at once", async () => {
  const controller = new AbortController();
  const reason = new Error("enough");
  const server = await serve(() => ({ status: 503, headers: { "retry-after": "20" } }));
  const retryDelayMs: ServiceCall["retryDelayMs"] = () => {
    setImmediate(() => controller.abort(reason));
    return 20_000;
  };
  await expect(callService(call(server.url, { retryDelayMs, signal: controller.signal }))).rejects.toBe(
    reason,
  );
  expect(server.requests).toHaveLength(1);
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

it("takes what it is told from own properties alone", async () => {
  const server = await serve(() => ({ drop: true }));
  const { provider, origins, url, secrets } = call(server.url);
  const asked = { provider, origins, secrets, source: "env ACME_TOKEN" };
  const strange = { judged: "polluted", addressRemedy: "polluted" };
  for (const [name, value] of Object.entries(strange))
    Object.defineProperty(Object.prototype, name, { value, configurable: true });
  try {
    const { message } = await failureOf(callService({ ...asked, url }));
    expect(message).toContain("says nothing about the token from env ACME_TOKEN.");
    const { remedy } = await failureOf(callService({ ...asked, url: "https://elsewhere.example" }));
    expect(remedy).toBe("Name an address of the service's own.");
  } finally {
    for (const name of Object.keys(strange)) Reflect.deleteProperty(Object.prototype, name);
  }
});

describe("an answer that somebody else got", () => {
  const facts = { provider: { id: "acme", name: "Acme" }, origins: [], secrets: [canary] };

  it("is told by its status where its body does not end, and stays to be read", async () => {
    const url = await listen((_, response) => {
      response.writeHead(403);
      const drip = setInterval(() => response.write("."), 5);
      response.on("close", () => clearInterval(drip));
    });
    const controller = new AbortController();
    const response = await fetch(url, { signal: controller.signal });
    const error = await errorOfAnswer(response, { ...facts, timeoutMs: 50 });
    expect(error?.code).toBe("AUTH_PERMISSION_DENIED");
    const { value } = (await response.body?.getReader().read()) ?? {};
    expect(value?.byteLength).toBeGreaterThan(0);
    controller.abort();
  });

  it("is told by its status where its body is too long", async () => {
    const classify: ServiceCall["classify"] = ({ body }) => ({ reason: typeof body });
    const url = await listen((_, response) => response.writeHead(401).end(".".repeat(1_048_577)));
    const response = await fetch(url);
    expect((await errorOfAnswer(response, { ...facts, classify }))?.message).toContain(": undefined.");
    expect(await response.text()).toHaveLength(1_048_577);
  });
});
