import { generateKeyPairSync, sign } from "node:crypto";
import { chmod, writeFile } from "node:fs/promises";
import path from "node:path";

import { fileStore } from "@auth/core/node";
import { describe, expect, it } from "vitest";

import { canary, fakeGitHub, fetchFrom, installationCanary } from "./fixtures/github-on-loopback.ts";
import { privateGh } from "./fixtures/gh.ts";
import { github, type GitHubApp, type GitHubOptions, graphqlUrl } from "./index.ts";
import type { FakeGitHub } from "./testing/index.ts";

describe("github", () => {
  it("says who it is without being used", () => {
    const { id, name, tokenUrl } = github;
    expect({ id, name, tokenUrl }).toEqual({
      id: "github",
      name: "GitHub",
      tokenUrl: "https://github.com/settings/tokens",
    });
  });

  it.each<[string, GitHubOptions, Record<string, string>, string[]]>([
    ["github.com", {}, {}, ["https://api.github.com", "https://uploads.github.com"]],
    ["a tenant by option", { host: "acme.ghe.com" }, { GH_HOST: "x.ghe.com" }, ["https://api.acme.ghe.com"]],
    ["a server by variable", {}, { GH_HOST: "github.example.com" }, ["https://github.example.com"]],
  ])("sends the token to %s and to nothing else", async (_, options, env, origins) => {
    const auth = github({ ...options, env, token: canary });
    expect(auth.origins).toEqual(origins);
    for (const origin of origins)
      expect(await auth.headers(`${origin}/anything`)).toMatchObject({ authorization: `Bearer ${canary}` });
    for (const url of [
      "https://github.com/login/oauth/access_token",
      "https://codeload.github.com/acme/widgets/tar.gz/main",
      "https://objects.githubusercontent.com/a",
      "https://raw.githubusercontent.com/acme/widgets/main/a",
      "https://api.github.com.evil.example/",
      "https://api.github.com:8443/",
    ])
      expect(await auth.headers(url)).toEqual({});
  });

  it("takes a name that is none for no host, and says what to set", async () => {
    const auth = github({ env: { GH_HOST: "https://github.example.com" }, token: canary });
    await expect(auth.verify()).rejects.toMatchObject({
      code: "AUTH_PROVIDER_INVALID",
      message: expect.stringContaining("GH_HOST is not the name of a host"),
    });
  });

  it("warns where the address is another host's", async () => {
    const options = { baseUrl: "https://github.example.com/api/v3", env: {}, token: canary };
    expect((await github(options).explain()).warnings).toEqual([]);
    expect((await github({ ...options, host: "github.com" }).explain()).warnings).toEqual([
      "The host is github.com, and the option baseUrl is the address of github.example.com.",
    ]);
  });

  it("asks GraphQL where it is", async () => {
    const fake = await fakeGitHub();
    for (const baseUrl of [fake.url, fake.enterpriseUrl]) {
      const auth = github({ baseUrl, env: {}, token: canary });
      const body = JSON.stringify({ query: "{viewer{login}}" });
      const response = await auth.fetch(graphqlUrl(auth), { method: "POST", body });
      expect(await response.json()).toEqual({ data: { viewer: { login: "ada" } } });
    }
    expect(fake.requests.map(({ url }) => url)).toEqual(["/graphql", "/api/graphql"]);
  });

  it("says who asks where the client does not, and leaves alone what the client says", async () => {
    const fake = await fakeGitHub();
    const auth = github({ baseUrl: fake.url, env: {}, token: canary });
    await auth.fetch("/user");
    await auth.fetch("/user", { headers: { "User-Agent": "acme-tool" } });
    expect(fake.requests.map(({ headers }) => headers["user-agent"])).toEqual(["auth-github", "acme-tool"]);
  });
});

const all = {
  GH_TOKEN: "ghp_cloud-1",
  GITHUB_TOKEN: "ghp_cloud-2",
  GH_ENTERPRISE_TOKEN: "ghp_server-1",
  GITHUB_ENTERPRISE_TOKEN: "ghp_server-2",
};

describe("a token", () => {
  it.each<[string, string[]]>([
    ["github.com", ["GH_TOKEN", "GITHUB_TOKEN"]],
    ["acme.ghe.com", ["GH_TOKEN", "GITHUB_TOKEN"]],
    ["github.example.com", ["GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN"]],
  ])("for %s is that of %j, in this order, and of no other variable", async (host, names) => {
    const env: Record<string, string> = { ...all };
    for (const name of names) {
      const token = await github({ host, env }).token();
      expect([token.source, token.reveal()]).toEqual([`env ${name}`, all[name as keyof typeof all]]);
      env[name] = " \n";
    }
    await expect(github({ host, env }).token()).rejects.toMatchObject({
      code: "AUTH_TOKEN_NOT_FOUND",
      attempts: [...names.map((name) => `env ${name}`), `command gh auth token --hostname ${host}`].map(
        (source) => expect.objectContaining({ source, outcome: "unavailable" }) as object,
      ),
    });
  });

  it("of the option comes before all others", async () => {
    expect((await github({ token: canary, env: all }).token()).source).toBe("option token");
  });

  it("for the other kind of host is warned of, since it is not used", async () => {
    const { GH_TOKEN, GITHUB_ENTERPRISE_TOKEN } = all;
    const warnings = async (host: string, env: object): Promise<readonly string[]> =>
      (await github({ host, env: { ...env } }).explain()).warnings;
    expect(await warnings("github.example.com", { GH_TOKEN })).toEqual([
      "GH_TOKEN is for github.com, and is not sent to github.example.com, whose token is looked for in GH_ENTERPRISE_TOKEN.",
    ]);
    expect(await warnings("github.com", { GITHUB_ENTERPRISE_TOKEN })).toHaveLength(1);
    const { GH_ENTERPRISE_TOKEN } = all;
    expect(await warnings("github.com", { GH_TOKEN, GH_ENTERPRISE_TOKEN })).toEqual([]);
  });

  it("that is broken ends the search", async () => {
    await expect(github({ env: { ...all, GH_TOKEN: "ghp_1\nghp_2" } }).token()).rejects.toMatchObject({
      code: "AUTH_TOKEN_MALFORMED",
      message: expect.stringContaining("GH_TOKEN"),
    });
  });
});

describe("the login of gh", () => {
  /** A `gh` that does as it is told. */
  async function pretendedGh(script: string): Promise<Record<string, string>> {
    const { folder } = await privateGh();
    const file = path.join(folder, "gh");
    await writeFile(file, `#!/bin/sh\n${script}\n`);
    await chmod(file, 0o700);
    return { PATH: folder, HOME: folder };
  }

  it("is asked for by the host's name", async () => {
    const env = await pretendedGh('[ "$*" = "auth token --hostname github.example.com" ] && echo ghp_saved');
    const token = await github({ host: "github.example.com", env }).token();
    expect([token.source, token.reveal()]).toEqual([
      "command gh auth token --hostname github.example.com",
      "ghp_saved",
    ]);
  });

  it("is none where gh has none, or is not there", async () => {
    for (const env of [await pretendedGh("exit 1"), { PATH: "/nowhere" }, {}])
      await expect(github({ env }).token()).rejects.toMatchObject({
        code: "AUTH_TOKEN_NOT_FOUND",
        remedy: expect.stringContaining("Set GH_TOKEN to a token."),
        attempts: expect.arrayContaining([
          expect.objectContaining({
            source: "command gh auth token --hostname github.com",
            outcome: "unavailable",
          }),
        ]),
      });
  });

  it("is broken where gh fails in another way, and nothing of its output is shown", async () => {
    const env = await pretendedGh(`echo ${canary}; exit 2`);
    const error: unknown = await github({ env })
      .token()
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "AUTH_TOKEN_SOURCE_FAILED", remedy: expect.stringContaining("gh") });
    expect(String(error)).not.toContain(canary);
  });

  it("gets no variable with a token in it", async () => {
    const env = await pretendedGh('echo "ghp_${GH_TOKEN}${GITHUB_TOKEN}${GH_ENTERPRISE_TOKEN}none"');
    const set = { ...all, GH_TOKEN: "", GITHUB_TOKEN: " " };
    expect((await github({ env: { ...set, ...env } }).token()).reveal()).toBe("ghp_none");
  });
});

describe("verify", () => {
  it("gives the user with scopes, and GitHub's id for the answer", async () => {
    const fake = await fakeGitHub();
    const auth = github({ env: { GITHUB_TOKEN: canary }, fetch: fetchFrom(fake) });
    const { identity, token, requestId } = await auth.verify();
    expect(identity).toEqual({
      kind: "user",
      id: "583231",
      label: "ada",
      tokenKind: "classic",
      scopes: ["read:org", "repo"],
    });
    expect(token.source).toBe("env GITHUB_TOKEN");
    expect(requestId).toMatch(/^[0-9A-F]{4}:/);
    expect(fake.requests).toMatchObject([
      {
        method: "GET",
        url: "/user",
        headers: { accept: "application/vnd.github+json", "x-github-api-version": "2022-11-28" },
      },
    ]);
  });

  it("gives the bot of an installation, whose token has 520 characters, of either kind of host", async () => {
    const fake = await fakeGitHub();
    for (const baseUrl of [fake.url, fake.enterpriseUrl]) {
      const { identity } = await github({ baseUrl, env: {}, token: installationCanary }).verify();
      expect(identity).toEqual({
        kind: "installation",
        id: "49699333",
        label: "acme-app[bot]",
        tokenKind: "installation",
      });
    }
    expect(fake.requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
      "POST /graphql",
      "POST /api/graphql",
    ]);
  });

  it("says of a token of an old form that it is an installation's, and good", async () => {
    const refusals = { "GET /user": "integration" } as const;
    const fake = await fakeGitHub({ tokens: { [canary]: { refusals } } });
    await expect(github({ baseUrl: fake.url, env: {}, token: canary }).verify()).rejects.toMatchObject({
      code: "AUTH_PERMISSION_DENIED",
      message: expect.stringContaining("Resource not accessible by integration"),
    });
  });

  it("says where another token is made, of the host that was asked", async () => {
    const fake = await fakeGitHub({ tokens: {} });
    const options = { env: {}, token: canary, fetch: fetchFrom(fake) };
    await expect(github(options).verify()).rejects.toMatchObject({
      code: "AUTH_TOKEN_REJECTED",
      status: 401,
      requestId: expect.stringMatching(/^[0-9A-F]{4}:/),
      remedy: expect.stringContaining("https://github.com/settings/tokens"),
    });
    await expect(github({ ...options, host: "acme.ghe.com" }).verify()).rejects.toMatchObject({
      remedy: expect.stringContaining("https://acme.ghe.com/settings/tokens"),
    });
  });
});

describe("errorOf", () => {
  it.each([
    ["bad_credentials", "AUTH_TOKEN_REJECTED"],
    ["primary_rate_limit", "AUTH_RATE_LIMITED"],
    ["secondary_rate_limit", "AUTH_RATE_LIMITED"],
    ["login_attempts", "AUTH_RATE_LIMITED"],
    ["saml", "AUTH_PERMISSION_DENIED"],
    ["integration", "AUTH_PERMISSION_DENIED"],
    ["fine_grained", "AUTH_PERMISSION_DENIED"],
    ["role", "AUTH_PERMISSION_DENIED"],
    ["classic_forbidden", "AUTH_PERMISSION_DENIED"],
    ["oauth_app_restricted", "AUTH_PERMISSION_DENIED"],
    ["ip_allow_list", "AUTH_PERMISSION_DENIED"],
    ["not_found_scopes", "AUTH_PERMISSION_DENIED"],
    // Nothing of the token: the caller has the answer.
    ["not_found", undefined],
    ["unprocessable", undefined],
  ] as const)("tells what an answer of fetch means: %s is %s", async (problem, code) => {
    const fake = await fakeGitHub();
    const auth = github({ baseUrl: fake.url, env: {}, token: canary });
    fake.script("GET /user/repos", { problem, times: 2 });
    const error = await auth.errorOf(await auth.fetch("/user/repos"));
    expect(error?.code).toBe(code);
  });

  it("tells what GraphQL refuses inside a 200", async () => {
    const fake = await fakeGitHub();
    const auth = github({ baseUrl: fake.url, env: {}, token: canary });
    const ask = (): Promise<Response> =>
      auth.fetch(graphqlUrl(auth), { method: "POST", body: JSON.stringify({ query: "{viewer{login}}" }) });
    expect(await auth.errorOf(await ask())).toBeUndefined();
    const errors = [{ type: "FORBIDDEN", message: "No.", extensions: { saml_failure: true } }];
    fake.script("POST /graphql", { status: 200, body: { data: null, errors } });
    expect(await auth.errorOf(await ask())).toMatchObject({
      code: "AUTH_PERMISSION_DENIED",
      remedy: expect.stringContaining("single sign-on"),
    });
  });
});

it("an archive is loaded from the origin that GitHub leads to, which sees no token", async () => {
  const fake = await fakeGitHub();
  const auth = github({ baseUrl: fake.url, env: {}, token: canary });
  const response = await auth.fetch("/repos/acme/widgets/tarball/main");
  expect([response.status, await response.text()]).toEqual([200, "an archive"]);
  expect(fake.downloads.requests.map(({ headers }) => "authorization" in headers)).toEqual([false]);
});

describe("an app", () => {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const pem = privateKey.export({ type: "pkcs1", format: "pem" }).toString();
  const app: GitHubApp = { clientId: "Iv23lifake0000000000", installationId: 42, privateKey: pem };
  const start = (options: object = {}): Promise<FakeGitHub> =>
    fakeGitHub({
      apps: [
        {
          id: 271_828,
          publicKey: publicKey.export({ type: "spki", format: "pem" }).toString(),
          installations: [
            { id: 42, account: "acme" },
            { id: 43, account: "umbra", suspended: true },
          ],
        },
      ],
      ...options,
    });
  const trades = (fake: FakeGitHub): number =>
    fake.requests.filter(({ path: asked }) => asked.endsWith("/access_tokens")).length;

  it.each([true, false])(
    "acts as its bot by a token that it asks for once, long: %s",
    async (statelessTokens) => {
      const fake = await start({ statelessTokens });
      for (const baseUrl of [fake.url, fake.enterpriseUrl]) {
        const before = trades(fake);
        const auth = github({ app, baseUrl, env: all });
        expect((await auth.fetch("/installation/repositories")).status).toBe(200);
        const { identity, token } = await auth.verify();
        expect([identity.kind, identity.label]).toEqual(["installation", "acme-app[bot]"]);
        expect(token.source).toBe("installation 42 of app Iv23lifake0000000000");
        expect(token.expiresAt).toBeGreaterThan(Date.now() + 3_500_000);
        expect(trades(fake) - before).toBe(1);
      }
    },
  );

  it("is signed for by whoever has the key", async () => {
    const fake = await start();
    const kms = async (data: Uint8Array): Promise<Uint8Array> => sign("RSA-SHA256", data, privateKey);
    const auth = github({
      app: { clientId: 271_828, installationId: 42, sign: kms },
      baseUrl: fake.url,
      env: {},
    });
    expect((await auth.fetch("/installation/repositories")).status).toBe(200);
  });

  it("may have its key from a function or a source, which is asked for each token", async () => {
    const fake = await start();
    let asked = 0;
    const key = (): string => (asked++, pem);
    for (const given of [key, { name: "vault", resolve: async () => ({ outcome: "found", reveal: key }) }]) {
      const auth = github({ app: { ...app, privateKey: given as typeof key }, baseUrl: fake.url, env: {} });
      await auth.token();
      await auth.token({ refresh: true });
    }
    expect([asked, trades(fake)]).toEqual([4, 4]);
  });

  it("is asked for once by all who share a store", async () => {
    const fake = await start();
    const { folder } = await privateGh();
    const share = { ...app, store: fileStore(path.join(folder, "installation-42")) };
    const auths = [1, 2, 3].map(() => github({ app: share, baseUrl: fake.url, env: {} }));
    const tokens = await Promise.all(auths.map((auth) => auth.token()));
    expect(new Set(tokens.map((token) => token.fingerprint())).size).toBe(1);
    expect(trades(fake)).toBe(1);
  });

  it("asks for less than it may", async () => {
    const fake = await start();
    const less = { repositories: ["widgets"], permissions: { issues: "read" } };
    await github({ app: { ...app, ...less }, baseUrl: fake.url, env: {} }).token();
    expect(JSON.parse(fake.requests[0]?.body ?? "")).toEqual(less);
    await github({ app, baseUrl: fake.url, env: {} }).token();
    expect(fake.requests[1]?.body).toBe("");
  });

  it.each<[string, Partial<GitHubApp>, RegExp]>([
    ["another key", { clientId: "Iv23another" }, /did not accept the JWT .*clock/],
    ["a suspended installation", { installationId: 43 }, /gives the installation 43 no token .*suspended/],
    ["another's installation", { installationId: 7 }, /has no installation 7 .*GET \/app\/installations/],
    [
      "what it was not granted",
      { permissions: { contents: "write" } },
      /granted less than .*app\.permissions/,
    ],
    ["a key that is none", { privateKey: "/etc/acme/app.pem" }, /private key .*\.pem file/],
  ])("gets no token for %s, and is told what to do", async (_, wrong, words) => {
    const fake = await start();
    const error: unknown = await github({ app: { ...app, ...wrong }, baseUrl: fake.url, env: all })
      .token()
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "AUTH_TOKEN_SOURCE_FAILED", message: expect.stringMatching(words) });
    expect(String(error)).not.toMatch(/eyJ|etc.acme/);
    expect(String(error)).not.toContain(pem.slice(40, 80));
  });

  it.each<[string, object, RegExp]>([
    ["no key", { privateKey: undefined }, /app: \{ privateKey \} or app: \{ sign \}/],
    ["both", { sign: () => new Uint8Array() }, /app: \{ privateKey \} or app: \{ sign \}/],
    ["no installation", { installationId: " " }, /app: \{ installationId \}/],
    ["an installation with a path", { installationId: "../1" }, /app: \{ installationId \}/],
    ["a key of another type", { privateKey: 7 }, /text of the \.pem file/],
  ])("cannot be used with %s", async (_, wrong, remedy) => {
    const options = { app: { ...app, ...wrong } as GitHubApp, env: {} };
    await expect(github(options).token()).rejects.toMatchObject({
      code: "AUTH_PROVIDER_INVALID",
      remedy: expect.stringMatching(remedy),
    });
  });

  it("shows nothing of its key to whoever prints it", async () => {
    const fake = await start();
    const auth = github({ app, baseUrl: fake.url, env: {} });
    await auth.token();
    const { inspect } = await import("node:util");
    const shown = inspect([auth, await auth.explain()], { depth: 9, showHidden: true });
    expect(shown).not.toContain(pem.slice(40, 80));
  });
});
