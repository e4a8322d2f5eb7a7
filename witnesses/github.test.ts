import { generateKeyPairSync } from "node:crypto";

import { github } from "@auth/github";
import { startFakeGitHub } from "@auth/github/testing";
import { App, Octokit } from "octokit";
import { describe, expect, it } from "vitest";

const canary = "ghp_canary-github-9e2c4a6b8d0f1357";
// By itself it waits for limits, and writes about them to the console.
const quiet = {
  throttle: { enabled: false },
  retry: { enabled: false },
  log: { debug() {}, info() {}, warn() {}, error() {} },
};

describe("with a person's token", () => {
  it("says whose it is, as of github.com and as of an Enterprise Server", async () => {
    await using fake = await startFakeGitHub({ tokens: { [canary]: {} } });
    for (const baseUrl of [fake.url, fake.enterpriseUrl]) {
      const octokit = new Octokit({ auth: canary, baseUrl, ...quiet });
      const { data, headers } = await octokit.rest.users.getAuthenticated();
      expect([data.login, headers["x-oauth-scopes"]]).toEqual(["ada", "read:org, repo"]);
      expect(await octokit.graphql("query { viewer { login } }")).toEqual({ viewer: { login: "ada" } });
    }
    expect(fake.requests.map(({ path }) => path)).toEqual([
      "/user",
      "/graphql",
      "/api/v3/user",
      "/api/graphql",
    ]);
  });

  it("goes through pages and writes an issue", async () => {
    const repositories = [1, 2, 3].map((id) => ({ id, full_name: `acme/widgets-${id}` }));
    await using fake = await startFakeGitHub({ tokens: { [canary]: {} }, repositories });
    const octokit = new Octokit({ auth: canary, baseUrl: fake.url, ...quiet });
    const all = await octokit.paginate(octokit.rest.repos.listForAuthenticatedUser, { per_page: 2 });
    expect(all.map(({ full_name }) => full_name)).toEqual(repositories.map(({ full_name }) => full_name));
    const made = await octokit.rest.issues.create({ owner: "acme", repo: "widgets-1", title: "Broken" });
    expect([made.status, made.data.title]).toEqual([201, "Broken"]);
  });

  it.each([
    ["bad_credentials", 401, "Bad credentials"],
    ["saml", 403, "SAML enforcement"],
    ["secondary_rate_limit", 403, "secondary rate limit"],
    ["not_found", 404, "Not Found"],
  ] as const)("is refused as GitHub refuses: %s", async (problem, status, message) => {
    await using fake = await startFakeGitHub({ tokens: { [canary]: {} } });
    fake.script("GET /user", { problem });
    const octokit = new Octokit({ auth: canary, baseUrl: fake.url, ...quiet });
    await expect(octokit.rest.users.getAuthenticated()).rejects.toMatchObject({
      status,
      message: expect.stringContaining(message),
    });
  });

  it("is refused inside a 200 by GraphQL", async () => {
    await using fake = await startFakeGitHub({ tokens: { [canary]: {} } });
    fake.script("POST /graphql", {
      status: 200,
      body: { data: null, errors: [{ type: "FORBIDDEN", message: "Resource not accessible" }] },
    });
    const octokit = new Octokit({ auth: canary, baseUrl: fake.url, ...quiet });
    await expect(octokit.graphql("query { viewer { login } }")).rejects.toMatchObject({
      name: "GraphqlResponseError",
    });
  });

  it("loads an archive from the origin that it is redirected to, without the token", async () => {
    await using fake = await startFakeGitHub({ tokens: { [canary]: {} } });
    const octokit = new Octokit({ auth: canary, baseUrl: fake.url, ...quiet });
    const { status } = await octokit.rest.repos.downloadTarballArchive({
      owner: "acme",
      repo: "widgets",
      ref: "main",
    });
    expect(status).toBe(200);
    expect(fake.downloads.requests.map(({ headers }) => "authorization" in headers)).toEqual([false]);
  });

  it("waits for a limit of GitHub's for bursts, and asks again", async () => {
    await using fake = await startFakeGitHub({ tokens: { [canary]: {} } });
    fake.script("GET /user", { problem: "secondary_rate_limit", headers: { "retry-after": "0" } });
    const seen: number[] = [];
    const octokit = new Octokit({
      auth: canary,
      baseUrl: fake.url,
      log: quiet.log,
      throttle: {
        onRateLimit: () => false,
        onSecondaryRateLimit: (retryAfter: number) => (seen.push(retryAfter), true),
        fallbackSecondaryRateRetryAfter: 0,
        retryAfterBaseValue: 1,
      },
    });
    expect((await octokit.rest.users.getAuthenticated()).data.login).toBe("ada");
    expect([seen, fake.requests.length]).toEqual([[0], 2]);
  });
});

describe("with the fetch of an auth, and no token of its own", () => {
  it("is given the token at the API, and none at the storage that it is redirected to", async () => {
    await using fake = await startFakeGitHub({ tokens: { [canary]: {} } });
    for (const baseUrl of [fake.url, fake.enterpriseUrl]) {
      const auth = github({ baseUrl, env: {}, token: canary });
      const octokit = new Octokit({ baseUrl: auth.baseUrl, request: { fetch: auth.fetch }, ...quiet });
      expect((await octokit.rest.users.getAuthenticated()).data.login).toBe("ada");
      expect(await octokit.graphql("query { viewer { login } }")).toEqual({ viewer: { login: "ada" } });
      const archive = { owner: "acme", repo: "widgets", ref: "main" };
      expect((await octokit.rest.repos.downloadTarballArchive(archive)).status).toBe(200);
    }
    expect(fake.downloads.requests.map(({ headers }) => "authorization" in headers)).toEqual([false, false]);
    expect(new Set(fake.requests.map(({ headers }) => headers.authorization === `Bearer ${canary}`))).toEqual(
      new Set([true]),
    );
  });

  it("is given another token when the first one is refused", async () => {
    await using fake = await startFakeGitHub({ tokens: { [canary]: {} } });
    const tokens = ["ghp_no-longer-valid", canary];
    const auth = github({ baseUrl: fake.url, env: {}, token: () => tokens.shift() });
    const octokit = new Octokit({ baseUrl: auth.baseUrl, request: { fetch: auth.fetch }, ...quiet });
    expect((await octokit.rest.users.getAuthenticated()).data.login).toBe("ada");
  });
});

describe("as an app", () => {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });

  it("signs a JWT, gets a token for its installation, long or short, and acts as its bot", async () => {
    for (const statelessTokens of [true, false]) {
      await using fake = await startFakeGitHub({
        apps: [{ id: 271_828, publicKey, installations: [{ id: 42, account: "acme" }] }],
        statelessTokens,
      });
      const app = new App({
        appId: 271_828,
        privateKey,
        Octokit: Octokit.defaults({ baseUrl: fake.url, ...quiet }),
      });
      expect((await app.octokit.rest.apps.getAuthenticated()).data).toMatchObject({ slug: "acme-app" });
      const octokit = await app.getInstallationOctokit(42);
      const { data } = await octokit.rest.apps.listReposAccessibleToInstallation();
      expect(data.total_count).toBe(2);
      expect(await octokit.graphql("query { viewer { login } }")).toEqual({
        viewer: { login: "acme-app[bot]" },
      });
    }
  });
});
