import { describe, expect, it } from "vitest";

import { adminCanary, canary, fakeAnthropic, oauthCanary } from "../fixtures/anthropic-on-loopback.ts";
import { send } from "@auth/testing/loopback";
import { startFakeAnthropic } from "./index.ts";

const version = { "anthropic-version": "2023-06-01" };
const key = { ...version, "x-api-key": canary };
const admin = { ...version, "x-api-key": adminCanary };
const oauth = {
  ...version,
  authorization: `Bearer ${oauthCanary}`,
  "anthropic-beta": "other-2026-01-01, oauth-2025-04-20",
};

describe("a credential", () => {
  it("is a key in either header, and the answer says in its headers where it belongs", async () => {
    const fake = await fakeAnthropic();
    for (const headers of [key, { ...version, authorization: `Bearer ${canary}` }]) {
      const answer = await send(`${fake.url}/v1/models?limit=1`, headers);
      expect([answer.status, JSON.parse(answer.body)]).toMatchObject([
        200,
        { data: [{ type: "model", id: "claude-example-2" }], has_more: true, last_id: "claude-example-2" },
      ]);
      expect(answer.headers).toMatchObject({
        "request-id": expect.stringMatching(/^req_[0-9a-f]{24}$/),
        "anthropic-organization-id": "0b6d7d0a-5f7e-4a52-8d1c-6a1d2f6f0c33",
        "anthropic-workspace-id": "wrkspc_01Acme",
      });
    }
  });

  it("is a token of OAuth with the beta header, and an admin's key for the organization alone", async () => {
    const fake = await fakeAnthropic();
    expect((await send(`${fake.url}/v1/models`, oauth)).status).toBe(200);
    const answer = await send(`${fake.url}/v1/organizations/me`, admin);
    expect(JSON.parse(answer.body)).toEqual({
      id: "0b6d7d0a-5f7e-4a52-8d1c-6a1d2f6f0c33",
      type: "organization",
      name: "Acme",
    });
    expect(Object.keys(answer.headers)).not.toContain("anthropic-workspace-id");
    expect((await send(`${fake.url}/v1/organizations/api_keys`, admin)).status).toBe(200);
  });

  it.each<[string, Record<string, string>, number, string]>([
    ["none", version, 401, "x-api-key header is required"],
    [
      "two",
      { ...key, authorization: `Bearer ${canary}` },
      401,
      "Only one of x-api-key and Authorization may be sent.",
    ],
    ["an unknown key", { ...version, "x-api-key": "no" }, 401, "invalid x-api-key"],
    ["an unknown bearer", { ...version, authorization: "Bearer no" }, 401, "Invalid bearer token"],
    ["a token of OAuth as a key", { ...version, "x-api-key": oauthCanary }, 401, "invalid x-api-key"],
    [
      "a token of OAuth without the beta",
      { ...version, authorization: `Bearer ${oauthCanary}` },
      401,
      "OAuth authentication is currently not supported.",
    ],
    ["no version", { "x-api-key": canary }, 400, "anthropic-version: header is required"],
    ["an admin's key", admin, 403, "This credential cannot be used for this endpoint."],
    [
      "a page's origin",
      { ...key, origin: "https://page.example" },
      401,
      "CORS requests are not allowed for this Organization because custom retention settings have been applied.",
    ],
    ["a revoked key", { ...version, "x-api-key": "revoked" }, 401, "Invalid authentication credentials"],
    ["a key that is over", { ...version, "x-api-key": "over" }, 401, "Invalid authentication credentials"],
    [
      "a token of OAuth that is over",
      { ...oauth, authorization: "Bearer sk-ant-oat01-over" },
      401,
      "OAuth token has expired",
    ],
    [
      "a token of OAuth for something else",
      { ...oauth, authorization: "Bearer sk-ant-oat01-other" },
      403,
      "This credential cannot be used for this endpoint.",
    ],
    [
      "a key of a disabled organization",
      { ...version, "x-api-key": "disabled" },
      400,
      "This organization has been disabled.",
    ],
  ])("is refused: %s", async (_, headers, status, message) => {
    const tokens = {
      [canary]: {},
      [adminCanary]: {},
      [oauthCanary]: {},
      revoked: { state: "revoked" },
      over: { expiresAt: 1 },
      "sk-ant-oat01-over": { expiresAt: 1 },
      "sk-ant-oat01-other": { scopes: ["workspace:manage_tunnels"] },
      disabled: { state: "organization-disabled" },
    } as const;
    const fake = await fakeAnthropic({ tokens });
    const answer = await send(`${fake.url}/v1/models`, headers);
    const body = JSON.parse(answer.body);
    expect([answer.status, body]).toMatchObject([status, { type: "error", error: { message } }]);
    expect(body.request_id).toBe(answer.headers["request-id"]);
    expect(Object.keys(answer.headers)).not.toContain("www-authenticate");
    expect(Object.keys(answer.headers)).not.toContain("anthropic-workspace-id");
  });

  it("is looked at after the path", async () => {
    const fake = await fakeAnthropic();
    const answer = await send(`${fake.url}/v1/nowhere`);
    expect([answer.status, JSON.parse(answer.body)]).toMatchObject([
      404,
      { error: { type: "not_found_error" } },
    ]);
    expect((await send(`${fake.url}/v1/models/claude-example-1`, key)).status).toBe(200);
    expect((await send(`${fake.url}/v1/models/none`, key)).status).toBe(404);
  });
});

describe("a message", () => {
  const ask = async (body: object) => {
    const fake = await fakeAnthropic();
    return send(`${fake.url}/v1/messages`, key, "POST", JSON.stringify(body));
  };

  it("is answered whole or as events, and counted", async () => {
    const whole = JSON.parse((await ask({ model: "m", messages: [] })).body);
    expect(whole).toMatchObject({ type: "message", model: "m", content: [{ type: "text", text: "Hello" }] });
    const streamed = await ask({ model: "m", stream: true });
    expect(streamed.headers["content-type"]).toBe("text/event-stream");
    expect(streamed.body.match(/^event: .*$/gm)).toEqual([
      "event: message_start",
      "event: content_block_start",
      "event: content_block_delta",
      "event: content_block_stop",
      "event: message_delta",
      "event: message_stop",
    ]);
    expect((await ask({})).status).toBe(400);
    const fake = await fakeAnthropic();
    const counted = await send(`${fake.url}/v1/messages/count_tokens`, key, "POST", "{}");
    expect(JSON.parse(counted.body)).toEqual({ input_tokens: 1 });
  });
});

describe("the token endpoint", () => {
  const jwt = {
    grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer",
    assertion: "id-token",
    federation_rule_id: "fdrl_01Acme",
    organization_id: "0b6d7d0a-5f7e-4a52-8d1c-6a1d2f6f0c33",
  };
  const beta = { "anthropic-beta": "oauth-2025-04-20,oidc-federation-2026-04-01" };
  const json = { "content-type": "application/json", ...beta };

  it("gives a workload a token that works, for JSON or a form", async () => {
    const fake = await fakeAnthropic();
    const form = { ...json, "content-type": "application/x-www-form-urlencoded" };
    for (const [headers, body] of [
      [json, JSON.stringify(jwt)],
      [form, new URLSearchParams(jwt).toString()],
    ] as const) {
      const given = JSON.parse((await send(`${fake.url}/v1/oauth/token`, headers, "POST", body)).body);
      expect(given).toMatchObject({ token_type: "Bearer", expires_in: 3600 });
      expect(given).not.toHaveProperty("refresh_token");
      const authorization = `Bearer ${given.access_token}`;
      expect((await send(`${fake.url}/v1/models`, { ...oauth, authorization })).status).toBe(200);
    }
  });

  it.each<[string, object, Record<string, string>, number, string]>([
    ["another identity", { ...jwt, assertion: "other" }, json, 401, "Authentication failed"],
    ["another rule", { ...jwt, federation_rule_id: "other" }, json, 401, "Authentication failed"],
    ["another organization", { ...jwt, organization_id: "other" }, json, 401, "Authentication failed"],
    ["no beta", jwt, { "content-type": "application/json" }, 401, "Authentication failed"],
    ["no identity", { ...jwt, assertion: "" }, json, 400, "assertion: Field required"],
    ["no grant", {}, json, 400, "grant_type: Field required"],
  ])("gives nothing for %s, and says no more than that", async (_, body, headers, status, message) => {
    const fake = await fakeAnthropic();
    const answer = await send(`${fake.url}/v1/oauth/token`, headers, "POST", JSON.stringify(body));
    expect([answer.status, JSON.parse(answer.body)]).toMatchObject([status, { error: { message } }]);
  });

  it("refreshes once, and gives the next refresh token", async () => {
    const fake = await fakeAnthropic({ refreshTokens: ["r-1"] });
    const refresh = async (token: string) => {
      const body = JSON.stringify({ grant_type: "refresh_token", refresh_token: token, client_id: "c" });
      const answer = await send(`${fake.url}/v1/oauth/token`, json, "POST", body);
      return { status: answer.status, ...JSON.parse(answer.body) };
    };
    const first = await refresh("r-1");
    expect(first).toMatchObject({ status: 200, refresh_token: expect.stringMatching(/^sk-ant-ort01-/) });
    expect(await refresh("r-1")).toMatchObject({ status: 401 });
    expect(await refresh(first.refresh_token)).toMatchObject({ status: 200 });
  });
});

it("answers as scripted: its own errors, others' pages, and then as ever", async () => {
  const fake = await fakeAnthropic();
  fake.script(
    "GET /v1/models",
    { status: 529 },
    { status: 403, problem: { details: { error_code: "organization_on_hold" }, requestId: false } },
    { problem: { message: "Odd" } },
    { status: 502, body: "<h1>Bad gateway</h1>" },
    { drop: true },
  );
  const ask = () => send(`${fake.url}/v1/models`, key);
  expect(JSON.parse((await ask()).body)).toMatchObject({ error: { type: "overloaded_error" } });
  expect(JSON.parse((await ask()).body)).toMatchObject({
    error: { type: "permission_error", details: { error_code: "organization_on_hold" } },
    request_id: null,
  });
  expect(await ask()).toMatchObject({ status: 400, body: expect.stringContaining("Odd") });
  expect(await ask()).toMatchObject({ status: 502, headers: { "content-type": "text/html" } });
  await expect(ask()).rejects.toMatchObject({ code: "ECONNRESET" });
  expect((await ask()).status).toBe(200);
});

it("knows tokens from when they are added until they are revoked, and frees its port", async () => {
  let url: string;
  {
    await using fake = await startFakeAnthropic();
    url = fake.url;
    const ask = async () => (await send(`${fake.url}/v1/models`, key)).status;
    expect(await ask()).toBe(401);
    fake.addToken(canary);
    expect(await ask()).toBe(200);
    fake.revokeToken(canary);
    expect(await ask()).toBe(401);
  }
  await expect(send(url)).rejects.toMatchObject({ code: "ECONNREFUSED" });
});
