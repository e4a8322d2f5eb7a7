import { describe, expect, it } from "vitest";

import { fakeDNAnexus } from "../fixtures/sandbox.ts";
import type { FakeDNAnexus, FakeDNAnexusOptions } from "./index.ts";

const uri = "https://app.example.com/cb";
const clients = {
  app: { redirectUris: [uri, "http://127.0.0.1:0/cb"] },
  closed: { redirectUris: [uri], secret: "s" },
};

async function service(options: FakeDNAnexusOptions = {}): Promise<FakeDNAnexus> {
  return fakeDNAnexus({ clients, tokens: {}, ...options });
}

/** Where the browser is sent. */
async function authorize(
  fake: FakeDNAnexus,
  given: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const query = {
    response_type: "code",
    client_id: "app",
    redirect_uri: uri,
    scope: '{"full": true}',
    ...given,
  };
  const page = `${fake.url}/oauth2/authorize?${String(new URLSearchParams(query))}`;
  return fetch(page, { redirect: "manual" });
}

function parametersOf(response: Response): Record<string, string> {
  const location = response.headers.get("location") ?? "";
  return Object.fromEntries(new URL(location).searchParams);
}

async function codeOf(fake: FakeDNAnexus, given: Readonly<Record<string, string>> = {}): Promise<string> {
  return parametersOf(await authorize(fake, given))["code"] ?? "";
}

async function exchange(
  fake: FakeDNAnexus,
  given: Readonly<Record<string, string>>,
): Promise<{ status: number; body: unknown }> {
  const form = { grant_type: "authorization_code", redirect_uri: uri, client_id: "app", ...given };
  const response = await fetch(`${fake.url}/oauth2/token`, {
    method: "POST",
    body: new URLSearchParams(form),
  });
  return { status: response.status, body: await response.json() };
}

describe("the authorization page", () => {
  it("sends the browser back with a code and the state", async () => {
    const response = await authorize(await service(), { state: "x y" });
    expect(response.status).toBe(302);
    expect(response.headers.get("location")).toMatch(/^https:\/\/app\.example\.com\/cb\?/);
    expect(parametersOf(response)).toEqual({ code: expect.stringMatching(/^[0-9a-f]{32}$/), state: "x y" });
  });

  it.each<[string, Record<string, string>, FakeDNAnexusOptions]>([
    ["access_denied", {}, { consent: () => undefined }],
    ["unsupported_response_type", { response_type: "token" }, {}],
    ["invalid_scope", { scope: "full" }, {}],
  ])("sends it back with %s", async (error, given, options) => {
    expect(parametersOf(await authorize(await service(options), given))).toEqual({ error });
  });

  it.each([
    { client_id: "unknown" },
    { redirect_uri: "https://evil.example/cb" },
    { redirect_uri: `${uri}/more` },
    { redirect_uri: "http://127.0.0.1:81/other" },
    { redirect_uri: "none" },
  ])("sends it nowhere that is not registered: %j", async (given) => {
    const response = await authorize(await service(), given);
    expect([response.status, response.headers.get("location")]).toEqual([400, null]);
  });

  it("knows a loopback address on any port where the registration has port 0", async () => {
    const response = await authorize(await service(), { redirect_uri: "http://127.0.0.1:8125/cb" });
    expect(response.headers.get("location")).toMatch(/^http:\/\/127\.0\.0\.1:8125\/cb\?code=/);
  });
});

describe("the exchange of a code", () => {
  it("gives a token whose scope is an object, once", async () => {
    const consent = (): string => "Bob";
    const fake = await service({ consent });
    const code = await codeOf(fake, { scope: '{"projects":{"*":"VIEW"}}' });
    expect(await exchange(fake, { code })).toEqual({
      status: 200,
      body: {
        access_token: expect.stringMatching(/^[0-9a-f]{32}$/),
        token_type: "bearer",
        expires_in: 2_592_000,
        refresh_token: expect.any(String),
        scope: { projects: { "*": "VIEW" } },
        token_signature: fake.tokens()[0]?.signature,
        user_id: "user-bob",
      },
    });
    expect(fake.tokens()).toMatchObject([
      { kind: "login", label: "app", scope: { projects: { "*": "VIEW" } } },
    ]);
    expect(await exchange(fake, { code })).toMatchObject({ status: 400, body: { error: "invalid_grant" } });
  });

  it("refuses a body that is no form, in other words than the API's", async () => {
    const fake = await service();
    const init = { method: "POST", headers: { "content-type": "application/json" }, body: "{}" };
    const response = await fetch(`${fake.url}/oauth2/token`, init);
    expect([response.status, await response.json()]).toEqual([
      400,
      { error: "invalid_request", error_description: "not a form" },
    ]);
  });

  it.each<[string, string, Record<string, string>]>([
    ["an unknown code", "invalid_grant", { code: "x" }],
    ["another redirect_uri", "invalid_grant", { redirect_uri: "https://app.example.com/other" }],
    ["another client", "invalid_client", { client_id: "closed" }],
    ["another grant", "unsupported_grant_type", { grant_type: "refresh_token" }],
  ])("refuses %s", async (_, error, given) => {
    const fake = await service();
    expect((await exchange(fake, { code: await codeOf(fake), ...given })).body).toMatchObject({ error });
    expect(fake.tokens()).toEqual([]);
  });

  it("asks for the secret of a client that has one", async () => {
    const fake = await service();
    const closed = async (given: Readonly<Record<string, string>>): Promise<number> => {
      const code = await codeOf(fake, { client_id: "closed" });
      return (await exchange(fake, { code, client_id: "closed", ...given })).status;
    };
    expect([
      await closed({}),
      await closed({ client_secret: "t" }),
      await closed({ client_secret: "s" }),
    ]).toEqual([401, 401, 200]);
  });

  it("takes no code that is a minute old", async () => {
    let now = 1_766_000_000_000;
    const fake = await service({ now: () => now });
    const code = await codeOf(fake);
    now += 60_000;
    expect((await exchange(fake, { code })).body).toMatchObject({ error: "invalid_grant" });
  });
});
