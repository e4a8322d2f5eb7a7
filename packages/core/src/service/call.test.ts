import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import process from "node:process";

import { ProxyAgent, fetch as undiciFetch } from "undici";
import { describe, expect, it, onTestFinished } from "vitest";

import { canary, listen, serve } from "../fixtures/acme.ts";
import { failureOf } from "../fixtures/failure-of.ts";
import { callService, errorOfAnswer, type ServiceCall } from "./call.ts";

const call = (url: string, facts: Partial<ServiceCall> = {}): ServiceCall => ({
  provider: { id: "acme", name: "Acme" },
  origins: [new URL(url).origin],
  url,
  subject: "the password of ada",
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

it("tells what was to be checked, in the provider's own terms", async () => {
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
  [{ subject: "the password of ada" }, "the password of ada"],
])("names what the service did not check: %j", async (facts, subject) => {
  const server = await serve(() => ({ drop: true }));
  const asked = { ...call(server.url), subject: undefined, ...facts };
  expect((await failureOf(callService(asked))).message).toContain(`says nothing about ${subject}.`);
  const busy = await serve(() => ({ status: 500 }));
  const { message } = await failureOf(
    callService({ ...call(busy.url), ...asked, url: busy.url, origins: [busy.url], retry: false }),
  );
  expect(message).toContain(`did not check ${subject} (status 500)`);
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
  const strange = { subject: "polluted", addressRemedy: "polluted" };
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

describe("what stands between is not the service", () => {
  const page = `<!DOCTYPE html><html><head><title>Attention Required! | Wall</title></head><body>no ${canary}</body></html>`;
  const html = { "content-type": "text/html; charset=UTF-8", server: "wall" };
  const facts = { subject: undefined, source: "env ACME_TOKEN" };

  it.each([401, 403])(
    "a page of HTML with status %i says nothing of the token, and who made it",
    async (status) => {
      const url = await listen((_, response) => response.writeHead(status, html).end(page));
      const error = await failureOf(callService({ ...call(url), ...facts }));
      expect(error).toMatchObject({
        code: "AUTH_UNREACHABLE",
        message: expect.stringContaining(
          'Something in front of Acme answered with a page of HTML (server wall, title "Attention Required! | Wall")',
        ),
        remedy: expect.stringContaining(`let requests to ${url} through`),
      });
      expect(error.message).toContain("says nothing about the token from env ACME_TOKEN");
    },
  );

  it("an echoed token is masked before a page's title and its server are cut", async () => {
    const { length } = canary;
    const filled = (upTo: number): string => `${"x".repeat(upTo - length / 2)} ${canary}`;
    const headers = { ...html, server: filled(60) };
    const url = await listen((_, response) =>
      response.writeHead(401, headers).end(`<html><title>${filled(100)} ${canary}</title>`),
    );
    const error = await failureOf(callService({ ...call(url), ...facts, secrets: [canary] }));
    expect(error.message).toMatch(/x \[token\]", title|x \[token\], title "x+ \[token\]/);
    expect(error.message).not.toContain(canary.slice(0, 6));
  });

  it.each([
    ["by its type alone", { "content-type": "application/xhtml+xml" }, ""],
    ["by its text alone", {}, "\n <HTML><h1>Forbidden"],
  ])("a page is known %s, and asked for once", async (_, headers, body) => {
    const server = await serve(() => ({ status: 403, headers, body }));
    expect((await failureOf(callService(call(server.url)))).code).toBe("AUTH_UNREACHABLE");
    expect(server.requests).toHaveLength(1);
  });

  it("a service that does answer in pages is taken at its provider's word", async () => {
    const server = await serve(() => ({ status: 401, headers: html, body: page }));
    const classify: ServiceCall["classify"] = () => ({ code: "AUTH_TOKEN_REJECTED" });
    expect((await failureOf(callService(call(server.url, { classify })))).code).toBe("AUTH_TOKEN_REJECTED");
  });

  it.each([
    [404, "AUTH_RESPONSE_MALFORMED"],
    [429, "AUTH_RATE_LIMITED"],
    [503, "AUTH_UNREACHABLE"],
  ])("a page with status %i keeps its meaning, and is told as a page", async (status, code) => {
    const server = await serve(() => ({ status, headers: html, body: page }));
    const error = await failureOf(callService(call(server.url, { retry: false })));
    expect([error.code, error.message]).toEqual([code, expect.stringContaining("with a page of HTML")]);
  });

  it("JSON and plain text are the service's own words", async () => {
    for (const body of [{ error: "<html>" }, "no such token"]) {
      const server = await serve(() => ({ status: 401, body }));
      expect((await failureOf(callService(call(server.url)))).code).toBe("AUTH_TOKEN_REJECTED");
    }
  });

  it("a proxy that wants a login is told as that: without a tunnel", async () => {
    const proxy = await listen((_, response) => response.writeHead(407).end());
    // As Node.js tells it, whose fetch gives no reason.
    const error = await failureOf(callService({ ...call(proxy), ...facts }));
    expect(error.code).toBe("AUTH_UNREACHABLE");
    expect(error.message).toContain("a proxy on the way may want a login");
    // As a fetch tells it that hands the answer over.
    const fetch = (): Promise<Response> => Promise.resolve(new Response("", { status: 407 }));
    const told = await failureOf(callService({ ...call(proxy), ...facts, fetch }));
    expect(told).toMatchObject({
      code: "AUTH_UNREACHABLE",
      message: expect.stringContaining("A proxy on the way to Acme wants a login of its own (status 407)"),
      remedy: expect.stringContaining("HTTPS_PROXY=http://user:password@"),
    });
  });

  it("a proxy that wants a login is told as that: for a tunnel", async () => {
    const proxy = createServer().listen(0, "127.0.0.1");
    proxy.on("connect", (_, socket) => socket.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"));
    await once(proxy, "listening");
    const agent = new ProxyAgent(`http://127.0.0.1:${(proxy.address() as AddressInfo).port}`);
    onTestFinished(async () => {
      await agent.close();
      proxy.close();
    });
    const url = "https://api.acme.example";
    const fetch = ((input: string, init: object) =>
      undiciFetch(input, { ...init, dispatcher: agent })) as never;
    const error = await failureOf(callService({ ...call(url), ...facts, fetch }));
    expect(error.message).toContain("A proxy on the way to Acme wants a login of its own (status 407)");
    expect(error.message).not.toContain("cancelled");
  });
});

describe("a proxy that is named and not used", () => {
  const closed = "https://127.0.0.1:1";
  const failing = async (env: Record<string, string>, more: Partial<ServiceCall> = {}): Promise<string> =>
    (await failureOf(callService(call(closed, { env, ...more })))).message;

  it("is told where there is no answer, with what makes Node.js use it", async () => {
    for (const name of ["HTTPS_PROXY", "https_proxy"]) {
      const message = await failing({ [name]: "http://proxy.acme.example:8080" });
      expect(message).toContain(
        `HTTPS_PROXY is set, and Node.js ${process.versions.node} takes no notice of it by itself.`,
      );
      expect(message).toContain("NODE_USE_ENV_PROXY=1");
    }
  });

  it.each([
    ["is for other addresses", { HTTP_PROXY: "http://proxy.acme.example:8080" }],
    ["is blank", { HTTPS_PROXY: " " }],
    ["is used", { HTTPS_PROXY: "http://proxy.acme.example:8080", NODE_USE_ENV_PROXY: "1" }],
    [
      "is not for this host",
      { HTTPS_PROXY: "http://proxy.acme.example:8080", NO_PROXY: "localhost, 127.0.0.1" },
    ],
  ])("is left out where it %s", async (_, env) => {
    expect(await failing(env)).not.toContain("takes no notice");
  });

  it("is left out where the caller's own fetch sends, which may use it", async () => {
    const env = { HTTPS_PROXY: "http://proxy.acme.example:8080" };
    const fetch = (): Promise<never> => Promise.reject(new TypeError("fetch failed"));
    expect(await failing(env, { fetch })).not.toContain("takes no notice");
  });
});

describe("a connection that was kept open and is gone", () => {
  it("is followed by one more try, at once", async () => {
    let answered = 0;
    const url = await listen((request, response) => {
      if (answered++ === 1) request.socket.destroy();
      else response.end("{}");
    });
    await callService(call(url));
    await callService(call(url));
    expect(answered).toBe(3);
  });

  it("is not tried a third time, and never where nothing may be sent twice", async () => {
    const server = await serve(() => ({ drop: true }));
    await failureOf(callService(call(server.url)));
    expect(server.requests).toHaveLength(2);
    await failureOf(callService(call(server.url, { retry: false })));
    expect(server.requests).toHaveLength(3);
  });

  it("is believed where an answer had begun", async () => {
    const server = await serve(() => ({ body: { id: "user-1" }, truncateAt: 5 }));
    await failureOf(callService(call(server.url)));
    expect(server.requests).toHaveLength(1);
  });
});
