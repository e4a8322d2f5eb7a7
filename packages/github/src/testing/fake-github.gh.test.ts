// The fake against the real `gh`, which has to run unmodified. vitest.config.ts says when.
import { describe, expect, it, vi } from "vitest";

import { ghThroughSocket, loopbackCertificate, privateGh } from "../fixtures/gh.ts";
import { canary, fakeGitHub } from "../fixtures/github-on-loopback.ts";

// Each call is a process of its own.
vi.setConfig({ testTimeout: 60_000 });

const asked = (fake: { requests: readonly { method: string; path: string }[] }): string[] =>
  fake.requests.map((request) => `${request.method} ${request.path}`);

describe("gh, for github.com", () => {
  it("finds its token good, asks who it is, and sends it as `token`", async () => {
    const [fake, gh] = [await fakeGitHub(), await privateGh()];
    await ghThroughSocket(gh, fake.url);
    const { code, stdout, stderr } = await gh.run(["auth", "status"], { GH_TOKEN: canary });
    expect(code).toBe(0);
    // In one version as that, in another to the other stream.
    expect(stdout + stderr).toMatch(/Logged in to github\.com (?:as|account) ada/);
    expect(asked(fake).toSorted()).toEqual(["GET /", "POST /graphql"]);
    expect(fake.requests[0]?.headers).toMatchObject({
      authorization: `token ${canary}`,
      host: "api.github.com",
    });
  });

  it("finds another token bad", async () => {
    const [fake, gh] = [await fakeGitHub(), await privateGh()];
    await ghThroughSocket(gh, fake.url);
    expect((await gh.run(["auth", "status"], { GH_TOKEN: "no-longer-valid" })).code).toBe(1);
    expect(fake.requests.map(({ headers }) => headers.authorization)).toEqual(["token no-longer-valid"]);
  });

  it("misses scopes that a token has not", async () => {
    const fake = await fakeGitHub({ tokens: { [canary]: { scopes: ["gist"] } } });
    const gh = await privateGh();
    await ghThroughSocket(gh, fake.url);
    const { stdout, stderr } = await gh.run(["auth", "status"], { GH_TOKEN: canary });
    expect(stdout + stderr).toMatch(/missing required (?:token )?scope/i);
  });

  it("logs in with a token, and gives it out again", async () => {
    const [fake, gh] = [await fakeGitHub(), await privateGh()];
    await ghThroughSocket(gh, fake.url);
    expect((await gh.run(["auth", "login", "--with-token"], {}, canary)).code).toBe(0);
    const { stdout } = await gh.run(["auth", "token", "--hostname", "github.com"]);
    expect(stdout === `${canary}\n`).toBe(true);
  });

  it("reads, pages, writes and is refused", async () => {
    const repositories = Array.from({ length: 5 }, (_, index) => ({
      id: index + 1,
      full_name: `acme/widgets-${index + 1}`,
    }));
    const [fake, gh] = [await fakeGitHub({ repositories }), await privateGh()];
    await ghThroughSocket(gh, fake.url);
    const env = { GH_TOKEN: canary };
    const user = await gh.run(["api", "user"], env);
    expect(JSON.parse(user.stdout)).toMatchObject({ id: 583_231, login: "ada" });
    const paged = await gh.run(["api", "user/repos?per_page=2", "--paginate", "--jq", ".[].full_name"], env);
    expect(paged.stdout.trim().split("\n")).toEqual(repositories.map(({ full_name }) => full_name));
    const made = await gh.run(["api", "repos/acme/widgets-1/issues", "-f", "title=Broken"], env);
    expect(JSON.parse(made.stdout)).toMatchObject({ number: 3, title: "Broken" });
    const viewer = await gh.run(["api", "graphql", "-f", "query={viewer{login}}"], env);
    expect(JSON.parse(viewer.stdout)).toMatchObject({ data: { viewer: { login: "ada" } } });
    fake.script("GET /user", { problem: "saml" });
    const refused = await gh.run(["api", "user"], env);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining("SAML enforcement")]);
  });
});

describe("gh, for an Enterprise Server", () => {
  it("asks REST and GraphQL below paths of their own, with the token for servers", async () => {
    const gh = await privateGh();
    const tls = await loopbackCertificate(gh.folder);
    const fake = await fakeGitHub({ tls });
    const env = { GH_HOST: new URL(fake.url).host, GH_ENTERPRISE_TOKEN: canary, SSL_CERT_FILE: tls.file };
    expect(JSON.parse((await gh.run(["api", "user"], env)).stdout)).toMatchObject({ login: "ada" });
    const viewer = await gh.run(["api", "graphql", "-f", "query={viewer{login}}"], env);
    expect(JSON.parse(viewer.stdout)).toMatchObject({ data: { viewer: { login: "ada" } } });
    expect(asked(fake)).toEqual(["GET /api/v3/user", "POST /api/graphql"]);
  });

  it("does not take the token for github.com there", async () => {
    const gh = await privateGh();
    const tls = await loopbackCertificate(gh.folder);
    const fake = await fakeGitHub({ tls });
    const env = { GH_HOST: new URL(fake.url).host, GH_TOKEN: canary, SSL_CERT_FILE: tls.file };
    expect((await gh.run(["api", "user"], env)).code).not.toBe(0);
    expect(fake.requests.filter(({ headers }) => "authorization" in headers)).toEqual([]);
  });
});
