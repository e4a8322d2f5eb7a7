// The provider with the real `gh`. vitest.config.ts says when.
import { expect, it, vi } from "vitest";

import { ghThroughSocket, privateGh } from "./fixtures/gh.ts";
import { canary, fakeGitHub, fetchFrom } from "./fixtures/github-on-loopback.ts";
import { github } from "./index.ts";

// Each call is a process of its own.
vi.setConfig({ testTimeout: 60_000 });

it("the login that gh made is found, for its own host, and refused as gh's when it has ended", async () => {
  const [fake, gh] = [await fakeGitHub(), await privateGh()];
  await ghThroughSocket(gh, fake.url);
  expect((await gh.run(["auth", "login", "--with-token"], {}, canary)).code).toBe(0);

  const options = { env: gh.env, fetch: fetchFrom(fake) };
  const { identity, token } = await github(options).verify();
  expect([identity.label, token.source]).toEqual(["ada", "command gh auth token --hostname github.com"]);
  const elsewhere = github({ ...options, host: "github.example.com" });
  await expect(elsewhere.token()).rejects.toMatchObject({ code: "AUTH_TOKEN_NOT_FOUND" });

  fake.revokeToken(canary);
  await expect(github(options).verify()).rejects.toMatchObject({
    code: "AUTH_TOKEN_REJECTED",
    remedy: "Run gh auth login --hostname github.com.",
  });
});

it("gh without a login is no failure", async () => {
  const gh = await privateGh();
  await expect(github({ env: gh.env }).token()).rejects.toMatchObject({
    code: "AUTH_TOKEN_NOT_FOUND",
    attempts: expect.arrayContaining([
      expect.objectContaining({
        source: "command gh auth token --hostname github.com",
        outcome: "unavailable",
        remedy: "Run gh auth login --hostname github.com.",
      }),
    ]),
  });
});

it("a token in a variable for another host is not taken for the login of this one", async () => {
  const gh = await privateGh();
  const env = { ...gh.env, GH_ENTERPRISE_TOKEN: canary };
  await expect(github({ env, host: "acme.ghe.com" }).token()).rejects.toMatchObject({
    code: "AUTH_TOKEN_NOT_FOUND",
  });
});
