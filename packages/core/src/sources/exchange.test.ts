import { createPublicKey, generateKeyPairSync, sign, verify } from "node:crypto";
import { inspect } from "node:util";

import * as oauth from "oauth4webapi";
import { expect, test } from "vitest";

import { acmeAt, canary, serve } from "../fixtures/acme.ts";
import { failureOf } from "../fixtures/failure-of.ts";
import { exchange, found, fromEnv, fromFunction, fromValue, isAuthError, type Trade } from "../index.ts";

const secret = canary;

/** A trade by OAuth's form, as most services have it. */
const byForm =
  (url: string, form: (material: string) => Record<string, string>): Trade =>
  async (material, { call, now }) => {
    const { body } = await call({ url, body: new URLSearchParams(form(material.reveal())) });
    const { access_token: token, expires_in: seconds } = body as { access_token: string; expires_in: number };
    return found(token, { expiresAt: now() + seconds * 1000 });
  };

test("trades a client's secret for a token, and again when the token expires", async () => {
  let issued = 0;
  const server = await serve(({ path }) =>
    path === "/token" ? { body: { access_token: `token-${++issued}`, expires_in: 600 } } : { body: {} },
  );
  let now = 1_000_000;
  const token = exchange({
    name: "Acme login",
    material: fromValue(secret, "option clientSecret"),
    trade: byForm(`${server.url}/token`, (client_secret) => ({
      grant_type: "client_credentials",
      client_id: "me",
      client_secret,
    })),
  });
  const auth = acmeAt(server.url)({ token, env: {}, now: () => now });

  expect((await auth.token()).reveal()).toBe("token-1");
  expect((await auth.token()).expiresAt).toBe(1_600_000);
  await auth.fetch("/work");
  now += 600_000;
  await auth.fetch("/work");

  const trades = server.requests.filter(({ path }) => path === "/token");
  expect(trades).toHaveLength(2);
  expect(Object.fromEntries(new URLSearchParams(trades[0]?.body))).toEqual({
    grant_type: "client_credentials",
    client_id: "me",
    client_secret: secret,
  });
  expect(server.requests.at(-1)?.headers.authorization).toBe("Bearer token-2");
});

test("trades a refresh token that does not rotate through a library of the grant", async () => {
  const server = await serve(({ path }) =>
    path === "/token"
      ? { body: { access_token: "from-oauth4webapi", token_type: "bearer", expires_in: 60 } }
      : {},
  );
  const token = exchange({
    name: "Acme login",
    material: fromEnv("ACME_REFRESH_TOKEN"),
    async trade(material, { fetch, signal, now }) {
      const service = { issuer: server.url, token_endpoint: `${server.url}/token` };
      const client = { client_id: "me" };
      const response = await oauth.refreshTokenGrantRequest(
        service,
        client,
        oauth.None(),
        material.reveal(),
        {
          [oauth.customFetch]: fetch,
          [oauth.allowInsecureRequests]: true,
          signal,
        },
      );
      const granted = await oauth.processRefreshTokenResponse(service, client, response);
      return found(granted.access_token, { expiresAt: now() + (granted.expires_in ?? 0) * 1000 });
    },
  });
  const auth = acmeAt(server.url)({ token, env: { ACME_REFRESH_TOKEN: secret } });
  await auth.fetch("/work");
  expect(server.requests[0]?.body).toContain(`refresh_token=${secret}`);
  expect(server.requests[1]?.headers.authorization).toBe("Bearer from-oauth4webapi");
});

test("an invalid_grant of such a library says to log in again, and the same refresh token is never sent again", async () => {
  const server = await serve(() => ({
    status: 400,
    body: { error: "invalid_grant", error_description: `${secret} was revoked` },
  }));
  let material = secret;
  const token = exchange({
    name: "Acme login",
    material: fromFunction("vault", () => material),
    async trade(held, { fetch }) {
      const service = { issuer: server.url, token_endpoint: `${server.url}/token` };
      const client = { client_id: "me" };
      const response = await oauth.refreshTokenGrantRequest(service, client, oauth.None(), held.reveal(), {
        [oauth.customFetch]: fetch,
        [oauth.allowInsecureRequests]: true,
      });
      return (await oauth.processRefreshTokenResponse(service, client, response)).access_token;
    },
  });
  const auth = acmeAt(server.url)({ token, env: {} });
  const error = await failureOf(auth.token());
  expect(error.code).toBe("AUTH_TOKEN_SOURCE_FAILED");
  expect(error.message).toMatch(
    /Acme login failed: .*invalid_grant.* Log in again, and put the new credential in vault\.$/,
  );
  expect(isAuthError(error.cause, "AUTH_LOGIN_FAILED")).toBe(true);

  await failureOf(auth.token({ refresh: true }));
  expect(server.requests).toHaveLength(1);
  material = "another-refresh-token";
  await failureOf(auth.token({ refresh: true }));
  expect(server.requests).toHaveLength(2);
});

test("an invalid_grant in the answer to call is the same", async () => {
  const server = await serve(() => ({
    status: 400,
    body: { error: "invalid_grant", error_description: `Token ${secret} is not known` },
  }));
  const token = exchange({
    name: "Acme login",
    material: fromValue(secret, "option refreshToken"),
    trade: byForm(server.url, (refresh_token) => ({ grant_type: "refresh_token", refresh_token })),
  });
  const auth = acmeAt(server.url)({ token, env: {} });
  const error = await failureOf(auth.token());
  expect(error.message).toContain("invalid_grant");
  expect(error.message).toContain("Log in again");
  await failureOf(auth.token({ refresh: true }));
  expect(server.requests).toHaveLength(1);
});

test("other errors of OAuth are no end: they are told in its words, and tried again", async () => {
  const server = await serve(() => ({ status: 401, body: { error: "invalid_client" } }));
  const token = exchange({
    name: "Acme login",
    material: fromValue(secret, "option clientSecret"),
    trade: byForm(server.url, (client_secret) => ({ grant_type: "client_credentials", client_secret })),
  });
  const auth = acmeAt(server.url)({ token, env: {} });
  const error = await failureOf(auth.token());
  expect(error.message).toContain("invalid_client");
  expect(isAuthError(error.cause, "AUTH_TOKEN_REJECTED")).toBe(true);
  await failureOf(auth.token({ refresh: true }));
  expect(server.requests).toHaveLength(2);
});

/** What a GitHub App does: a JWT that it signs is traded for an installation's token. */
async function startTwoSteps(publicKey: string): Promise<{ url: string; jwts: string[] }> {
  const jwts: string[] = [];
  const server = await serve(({ path, headers }) => {
    const jwt = headers.authorization?.replace("Bearer ", "") ?? "";
    const [head, body, signature = ""] = jwt.split(".");
    const isSigned = verify(
      "sha256",
      Buffer.from(`${head}.${body}`),
      createPublicKey(publicKey),
      Buffer.from(signature, "base64url"),
    );
    jwts.push(jwt);
    if (!isSigned) return { status: 401, body: { message: "no" } };
    if (path === "/installations") return { body: [{ id: 7 }] };
    return { status: 201, body: { token: "installation-7", expires_at: "2030-01-01T00:00:00Z" } };
  });
  return { url: server.url, jwts };
}

const encoded = (part: object): string => Buffer.from(JSON.stringify(part)).toString("base64url");

test("signs a JWT by Web Crypto with the key that the material is, and trades it in two steps", async () => {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  const service = await startTwoSteps(publicKey);
  const token = exchange({
    name: "Acme App",
    material: fromValue(privateKey, "option privateKey"),
    async trade(material, { call, now }) {
      const der = Buffer.from(material.reveal().replace(/-----[^-]+-----|\s/g, ""), "base64");
      const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
      const key = await crypto.subtle.importKey("pkcs8", der, algorithm, false, ["sign"]);
      const payload = `${encoded({ alg: "RS256" })}.${encoded({ iss: "me", exp: Math.floor(now() / 1000) + 60 })}`;
      const signature = await crypto.subtle.sign(algorithm, key, Buffer.from(payload));
      const headers = { authorization: `Bearer ${payload}.${Buffer.from(signature).toString("base64url")}` };
      const { body } = await call({ method: "GET", url: `${service.url}/installations`, headers });
      const [{ id }] = body as [{ id: number }];
      const granted = await call({ url: `${service.url}/installations/${id}/tokens`, headers });
      const { token: value, expires_at: at } = granted.body as { token: string; expires_at: string };
      return found(value, { expiresAt: Date.parse(at) });
    },
  });
  const auth = acmeAt(service.url)({ token, env: {} });
  const held = await auth.token();
  expect(held.reveal()).toBe("installation-7");
  expect(held.expiresAt).toBe(Date.parse("2030-01-01"));
  expect(service.jwts).toHaveLength(2);
});

test("a signer of the caller's own keeps the key: the material only names it", async () => {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const service = await startTwoSteps(publicKey.export({ type: "spki", format: "pem" }) as string);
  const kms = {
    sign: (key: string, data: string) =>
      key === "keys/7" ? sign("sha256", Buffer.from(data), privateKey) : undefined,
  };
  const token = exchange({
    name: "Acme App",
    material: fromValue("keys/7", "option signingKey"),
    async trade(material, { call }) {
      const payload = `${encoded({ alg: "RS256" })}.${encoded({ iss: "me" })}`;
      const signature = kms.sign(material.reveal(), payload);
      const headers = { authorization: `Bearer ${payload}.${signature?.toString("base64url")}` };
      const { body } = await call({ url: `${service.url}/installations/7/tokens`, headers });
      return (body as { token: string }).token;
    },
  });
  expect((await acmeAt(service.url)({ token, env: {} }).token()).reveal()).toBe("installation-7");
});

test("a new refresh token without a store is a failure that names the store", async () => {
  const token = exchange({
    name: "Acme login",
    material: fromValue(secret, "option refreshToken"),
    trade: () => found("token-1", { next: "refresh-token-2" }),
  });
  const error = await failureOf(acmeAt("http://127.0.0.1:9")({ token, env: {} }).token());
  expect(error.code).toBe("AUTH_TOKEN_SOURCE_FAILED");
  expect(error.remedy).toContain("store");
  expect(inspect(found("token-1", { next: "refresh-token-2" }), { depth: 9 })).not.toContain(
    "refresh-token-2",
  );
});

test("without material there is no trade, and the next source is asked", async () => {
  const token = exchange({
    name: "Acme login",
    material: fromEnv("ACME_REFRESH_TOKEN"),
    trade: () => Promise.reject(new Error("It is not asked.")),
  });
  const auth = acmeAt("http://127.0.0.1:9")({ token, env: { ACME_TOKEN: canary } });
  expect((await auth.token()).source).toBe("env ACME_TOKEN");
});

test.each([
  [
    "a form",
    (secretText: string) => ({ body: new URLSearchParams({ client_assertion: `jwt.${secretText}` }) }),
  ],
  ["JSON", (secretText: string) => ({ body: { deep: [{ key: `jwt.${secretText}` }] } })],
  ["a header", (secretText: string) => ({ headers: { authorization: `Bearer jwt.${secretText}` } })],
])("what a service echoes of %s is masked", async (_, requestOf) => {
  const server = await serve(({ body, headers }) => ({
    status: 400,
    body: { error: "invalid_request", error_description: `${body} ${headers.authorization} ${secret}` },
  }));
  const token = exchange({
    name: "Acme login",
    material: fromValue(secret, "option key"),
    async trade(material, { call }) {
      await call({ url: server.url, ...requestOf(material.reveal()) });
      return undefined;
    },
  });
  const error = await failureOf(acmeAt(server.url)({ token, env: {} }).token());
  expect(error.message).toContain("invalid_request");
});

test("what a trade throws is told without the words that could be secret", async () => {
  const token = exchange({
    name: "Acme login",
    material: fromValue(secret, "option key"),
    trade: (material) => Promise.reject(new Error(`cannot sign with ${material.reveal()}`)),
  });
  const error = await failureOf(acmeAt("http://127.0.0.1:9")({ token, env: {} }).token());
  expect(error.message).toContain("Acme login failed: cannot sign with");
});

test("a redirect is refused, and the material goes to no other place", async () => {
  const elsewhere = await serve();
  const server = await serve(() => ({ status: 307, headers: { location: elsewhere.url } }));
  const token = exchange({
    name: "Acme login",
    material: fromValue(secret, "option key"),
    trade: byForm(server.url, (key) => ({ key })),
  });
  await failureOf(acmeAt(server.url)({ token, env: {} }).token());
  expect(elsewhere.requests).toEqual([]);
});

test.each(["http://acme.example/token", "ftp://acme.example", "/token", "https://me:pw@acme.example/"])(
  "nothing is sent to %s",
  async (url) => {
    const sent: unknown[] = [];
    const token = exchange({
      name: "Acme login",
      material: fromValue(secret, "option key"),
      trade: byForm(url, (key) => ({ key })),
    });
    const record: typeof fetch = (input) => Promise.reject(sent.push(input));
    const error = await failureOf(acmeAt("https://acme.example")({ token, env: {}, fetch: record }).token());
    expect(isAuthError(error.cause, "AUTH_ORIGIN_NOT_ALLOWED")).toBe(true);
    expect(sent).toEqual([]);
  },
);

test("a service that is down is asked once for one trade", async () => {
  const server = await serve(() => ({ status: 503, headers: { "retry-after": "0" } }));
  const token = exchange({
    name: "Acme login",
    material: fromValue(secret, "option key"),
    trade: byForm(server.url, (key) => ({ key })),
  });
  const error = await failureOf(acmeAt(server.url)({ token, env: {} }).token());
  expect(isAuthError(error.cause, "AUTH_UNREACHABLE")).toBe(true);
  expect(server.requests).toHaveLength(1);
});

test("the signal ends with the caller's patience, and reaches the trade", async () => {
  const { promise: aborted, resolve: noteAbort } = Promise.withResolvers<void>();
  const { promise: asked, resolve: noteAsked } = Promise.withResolvers<void>();
  const token = exchange({
    name: "Acme login",
    material: fromValue(secret, "option key"),
    timeoutMs: 20,
    trade(_, { signal }): Promise<string> {
      noteAsked();
      signal.addEventListener("abort", () => noteAbort());
      return new Promise(() => undefined);
    },
  });
  const failed = failureOf(acmeAt("http://127.0.0.1:9")({ token, env: {} }).token());
  await asked;
  await aborted;
  expect((await failed).message).toContain("gave no answer within 20 ms");
});

test.each([
  [{ material: fromEnv("A"), trade: (): string => "t" }, "name"],
  [{ name: "Acme login", trade: (): string => "t" }, "material"],
  [{ name: "Acme login", material: fromEnv("A") }, "trade"],
])("refuses options that lack a part (%#)", (options, part) => {
  expect(() => exchange(options as never)).toThrow(part);
});
