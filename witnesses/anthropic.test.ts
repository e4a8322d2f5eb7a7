import Anthropic, {
  APIError,
  AuthenticationError,
  NotFoundError,
  PermissionDeniedError,
  RateLimitError,
} from "@anthropic-ai/sdk";
import { anthropic } from "@auth/anthropic";
import { startFakeAnthropic } from "@auth/anthropic/testing";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";

const canary = "canary-anthropic-6c9e2b5d8f1a4073";
const oauthCanary = "sk-ant-oat01-canary-anthropic-7d0f3c6e9a2b5184";
const message = {
  model: "claude-example-1",
  max_tokens: 8,
  messages: [{ role: "user", content: "Hi" }],
} as const;

// The client reads variables and a folder of logins, which would be somebody's own.
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "anthropic-"));
  for (const name of Object.keys(process.env).filter((each) => each.startsWith("ANTHROPIC_")))
    vi.stubEnv(name, undefined);
  vi.stubEnv("ANTHROPIC_CONFIG_DIR", folder);
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

function startFake() {
  return startFakeAnthropic({ tokens: { [canary]: {}, [oauthCanary]: {} } });
}

it("lists models page by page, and sends and streams a message", async () => {
  await using fake = await startFake();
  const client = new Anthropic({ baseURL: fake.url, apiKey: canary, maxRetries: 0 });
  const ids: string[] = [];
  for await (const { id } of client.models.list({ limit: 1 })) ids.push(id);
  expect(ids).toEqual(["claude-example-2", "claude-example-1"]);
  expect(
    (await client.messages.create({ ...message, messages: [...message.messages] })).content,
  ).toMatchObject([{ type: "text", text: "Hello" }]);
  const stream = client.messages.stream({ ...message, messages: [...message.messages] });
  expect(await stream.finalText()).toBe("Hello");
});

it.each([
  ["an unknown key", { status: 401 }, AuthenticationError, "authentication_error"],
  ["a permission that lacks", { status: 403 }, PermissionDeniedError, "permission_error"],
  ["a limit", { status: 429 }, RateLimitError, "rate_limit_error"],
] as const)("reports %s by its type, with the id of the answer", async (_, scripted, type, name) => {
  await using fake = await startFake();
  fake.script("GET /v1/models", scripted);
  const client = new Anthropic({ baseURL: fake.url, apiKey: canary, maxRetries: 0 });
  const error: unknown = await client.models.list().catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(type);
  expect(error).toMatchObject({ type: name, requestID: expect.stringMatching(/^req_/) });
});

it("reports what is not there, and a page that is none of the API's", async () => {
  await using fake = await startFake();
  fake.script("GET /v1/models", { status: 502, body: "<h1>Bad gateway</h1>" });
  const client = new Anthropic({ baseURL: fake.url, apiKey: canary, maxRetries: 0 });
  await expect(client.models.list()).rejects.toBeInstanceOf(APIError);
  await expect(client.models.retrieve("none")).rejects.toBeInstanceOf(NotFoundError);
});

it.each([
  ["a key", canary, "x-api-key", undefined],
  ["a token of OAuth", oauthCanary, "authorization", "oauth-2025-04-20"],
])("sends %s through an auth's fetch, in its own header", async (_, token, header, beta) => {
  await using fake = await startFake();
  const auth = anthropic({ token, baseUrl: fake.url });
  const client = new Anthropic({
    baseURL: auth.baseUrl,
    fetch: auth.fetch,
    apiKey: null,
    // Says to the client that somebody else adds it.
    defaultHeaders: { Authorization: null },
    maxRetries: 0,
  });
  expect((await client.models.list()).data).toHaveLength(2);
  const [sent] = fake.requests;
  expect(sent?.headers[header]?.includes(token)).toBe(true);
  expect(sent?.headers["anthropic-beta"]).toBe(beta);
  // The client's own version, which its types are for.
  expect(sent?.headers["anthropic-version"]).toBe("2026-10-21");
});
