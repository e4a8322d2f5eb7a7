import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { describe, expect, it, onTestFinished } from "vitest";

import { fakeAnthropic } from "./fixtures/anthropic-on-loopback.ts";
import { anthropic } from "./index.ts";

/** The identity token of these tests. It must not show up in anything that a program prints. */
const identity = "canary-identity-3c7e9a1f5b2d8046";
const organizationId = "0b6d7d0a-5f7e-4a52-8d1c-6a1d2f6f0c33";
const variables = {
  ANTHROPIC_FEDERATION_RULE_ID: "fdrl_01Acme",
  ANTHROPIC_ORGANIZATION_ID: organizationId,
};
const federation = { ruleId: "fdrl_01Acme", organizationId, assertions: [identity] };

async function identityFile(text: string): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "anthropic-federation-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = path.join(folder, "identity");
  // As a platform mounts it: others may read it.
  await writeFile(file, text, { mode: 0o644 });
  return file;
}

describe("a workload", () => {
  it("is given a token for its identity, which goes as a bearer with its beta, and is renewed", async () => {
    let now = 1_790_000_000_000;
    const fake = await fakeAnthropic({ federation, now: () => now });
    const env = { ...variables, ANTHROPIC_IDENTITY_TOKEN: identity, ANTHROPIC_WORKSPACE_ID: "default" };
    const auth = anthropic({ baseUrl: fake.url, env, now: () => now });
    const token = await auth.token();
    expect([token.source, token.expiresAt]).toEqual(["workload identity federation", now + 3_600_000]);
    expect((await auth.verify()).identity).toMatchObject({ kind: "organization", id: organizationId });
    const [trade, verified] = fake.requests;
    expect(trade?.url).toBe("/v1/oauth/token");
    expect(trade?.headers["anthropic-beta"]).toBe("oauth-2025-04-20,oidc-federation-2026-04-01");
    expect(JSON.parse(trade?.body ?? "")).toEqual({
      grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer",
      assertion: identity,
      federation_rule_id: "fdrl_01Acme",
      organization_id: organizationId,
      workspace_id: "default",
    });
    expect(verified?.headers["anthropic-beta"]).toBe("oauth-2025-04-20");
    now += 3_600_000;
    expect((await auth.token()).reveal() === token.reveal()).toBe(false);
  });

  it("has its identity in a file that is read anew each time, before the variable", async () => {
    const next = `${identity}-next`;
    const fake = await fakeAnthropic({ federation: { ...federation, assertions: [identity, next] } });
    const file = await identityFile(`${identity}\n`);
    const env = { ...variables, ANTHROPIC_IDENTITY_TOKEN_FILE: file, ANTHROPIC_IDENTITY_TOKEN: "other" };
    const auth = anthropic({ baseUrl: fake.url, env });
    await auth.token();
    await writeFile(file, next);
    await auth.token({ refresh: true });
    expect(fake.requests.map(({ body }) => JSON.parse(body).assertion)).toEqual([identity, next]);
  });

  it("has its key where there is one, and its saved login after all", async () => {
    const env = { ...variables, ANTHROPIC_IDENTITY_TOKEN: identity, ANTHROPIC_API_KEY: "a-key" };
    expect((await anthropic({ env }).token()).source).toBe("env ANTHROPIC_API_KEY");
    const { attempts } = await anthropic({ env: {} }).explain();
    expect(attempts.map(({ source }) => source)).toEqual([
      "env ANTHROPIC_API_KEY",
      "env ANTHROPIC_AUTH_TOKEN",
    ]);
  });
});

describe("a workload is given nothing", () => {
  it.each<[string, Record<string, string>, string, RegExp]>([
    [
      "with an identity that is not accepted",
      { ANTHROPIC_IDENTITY_TOKEN: "canary-identity-of-another" },
      "AUTH_TOKEN_SOURCE_FAILED",
      /./,
    ],
    [
      "without its organization",
      { ANTHROPIC_IDENTITY_TOKEN: identity, ANTHROPIC_ORGANIZATION_ID: " " },
      "AUTH_TOKEN_SOURCE_FAILED",
      /Set ANTHROPIC_ORGANIZATION_ID/,
    ],
    ["without an identity", {}, "AUTH_TOKEN_NOT_FOUND", /ANTHROPIC_IDENTITY_TOKEN_FILE/],
    [
      "with a file that is not there",
      { ANTHROPIC_IDENTITY_TOKEN_FILE: "/nowhere/identity" },
      "AUTH_TOKEN_NOT_FOUND",
      /platform/,
    ],
  ])("%s", async (_, more, code, remedy) => {
    const fake = await fakeAnthropic({ federation });
    const auth = anthropic({ baseUrl: fake.url, env: { ...variables, ...more } });
    const error: unknown = await auth.token().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code, remedy: expect.stringMatching(remedy) });
    expect(String(error) + JSON.stringify(error)).not.toContain("canary-identity");
  });

  it("that is not of the documented form", async () => {
    const fake = await fakeAnthropic({ federation });
    const env = { ...variables, ANTHROPIC_IDENTITY_TOKEN: identity };
    for (const body of [
      { access_token: "t", token_type: "MAC", expires_in: 60 },
      { access_token: "t", token_type: "Bearer" },
      { token_type: "Bearer", expires_in: 60 },
    ]) {
      fake.script("POST /v1/oauth/token", { status: 200, body });
      await expect(anthropic({ baseUrl: fake.url, env }).token()).rejects.toMatchObject({
        code: "AUTH_TOKEN_SOURCE_FAILED",
      });
    }
  });
});
