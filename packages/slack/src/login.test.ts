import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterEach, beforeEach, expect, it } from "vitest";

import { canary, fakeSlack, fetchFrom } from "./fixtures/slack-on-loopback.ts";
import { login, logout, savedLogin, slack } from "./index.ts";

let folder: string;
let store: { file: string };
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "slack-login-"));
  store = { file: path.join(folder, "logins.json") };
});
afterEach(() => rm(folder, { recursive: true }));

it("is kept once Slack knows the token, used behind the variables, and deleted", async () => {
  const fetch = fetchFrom(await fakeSlack());
  const env = { SLACK_BOT_TOKEN: "xoxb-other" };
  const { identity } = await login({ token: canary, name: "acme", store, fetch, env });
  expect(await savedLogin({ name: "acme", store })).toEqual({
    name: "acme",
    host: "slack.com",
    account: { kind: "bot", id: "U01ABCDEF", label: "acme_bot" },
  });
  const used = slack({ login: "acme", store, fetch, env: {} });
  expect((await used.verify()).identity).toEqual(identity);
  expect((await slack({ login: "acme", store, fetch, env }).token()).source).toBe("env SLACK_BOT_TOKEN");
  expect(await logout({ name: "acme", store })).toBe(true);
  expect(await savedLogin({ name: "acme", store })).toBeUndefined();
});

it("works at its own host alone", async () => {
  const fetch = fetchFrom(await fakeSlack());
  await login({ token: canary, store, fetch, env: {} });
  await expect(slack({ login: true, store, host: "slack-gov.com", env: {} }).token()).rejects.toMatchObject({
    code: "AUTH_TOKEN_SOURCE_FAILED",
    remedy: 'Pass host: "slack.com", or another login.',
  });
});

it("is not kept where Slack refuses the token in a 200", async () => {
  const fetch = fetchFrom(await fakeSlack({ tokens: {} }));
  await expect(login({ token: canary, store, fetch, env: {} })).rejects.toMatchObject({
    code: "AUTH_TOKEN_REJECTED",
  });
  expect(await savedLogin({ store })).toBeUndefined();
});
