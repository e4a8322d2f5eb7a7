import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { canary, fakeHub, fetchFrom } from "./fixtures/hub-on-loopback.ts";
import { huggingface, login, logout, savedLogin } from "./index.ts";

const other = "canary-huggingface-other-8c2d";

let home: string;
let file: string;
beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), "huggingface-"));
  file = path.join(home, ".cache/huggingface/token");
});
afterEach(() => rm(home, { recursive: true }));

/** Keeps a token as `hf auth login` does: since May 2026 for nobody else. */
async function keep(text: string, mode = 0o600): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, text);
  await chmod(file, mode);
}

describe("huggingface", () => {
  it("says who it is without being used", () => {
    const { id, name, tokenUrl } = huggingface;
    expect({ id, name, tokenUrl }).toEqual({
      id: "huggingface",
      name: "Hugging Face",
      tokenUrl: "https://huggingface.co/settings/tokens",
    });
  });

  it("sends the token to the Hub and the services beside it, and to nothing else", async () => {
    const auth = huggingface({ token: canary, env: {} });
    for (const url of [
      "https://huggingface.co/api/models",
      "https://router.huggingface.co/v1/chat/completions",
      "https://datasets-server.huggingface.co/rows",
      "https://api.endpoints.huggingface.cloud/v2/endpoint/acme",
    ])
      expect(await auth.headers(url)).toEqual({ authorization: `Bearer ${canary}` });
    for (const url of [
      "https://us.aws.cdn.hf.co/a",
      "https://cdn-lfs-us-1.hf.co/a",
      "https://cas-server.xethub.hf.co/v1/a",
      "https://transfer.xethub.hf.co/a",
      "https://acme-tiny.hf.space/",
      "https://hf.co/api/whoami-v2",
      "https://x.us-east-1.aws.endpoints.huggingface.cloud/",
      "https://huggingface.co.evil.example/",
      "http://huggingface.co/",
    ])
      expect(await auth.headers(url)).toEqual({});
  });

  it.each([
    ["the option", canary, { HF_TOKEN: other }, "option token"],
    ["HF_TOKEN", undefined, { HF_TOKEN: canary, HUGGING_FACE_HUB_TOKEN: other }, "env HF_TOKEN"],
    ["the older variable", undefined, { HUGGING_FACE_HUB_TOKEN: canary }, "env HUGGING_FACE_HUB_TOKEN"],
    [
      "the older variable where HF_TOKEN is blank",
      undefined,
      { HF_TOKEN: " ", HUGGING_FACE_HUB_TOKEN: canary },
      "env HUGGING_FACE_HUB_TOKEN",
    ],
  ])("takes the token of %s", async (_, token, env, source) => {
    const found = await huggingface({ token, env: { HOME: home, ...env } }).token();
    expect(found.source).toBe(source);
    expect(found.reveal() === canary).toBe(true);
  });

  it("does not join a token that is broken over two lines, and sends nothing of it", async () => {
    const fake = await fakeHub();
    const auth = huggingface({ fetch: fetchFrom(fake), env: { HF_TOKEN: `${canary}\nmore` } });
    await expect(auth.fetch("/api/models")).rejects.toMatchObject({ code: "AUTH_TOKEN_MALFORMED" });
    expect(fake.requests).toEqual([]);
  });

  it("looks nowhere where HF_HUB_DISABLE_IMPLICIT_TOKEN is on, in any spelling of the Hub's library", async () => {
    await keep(canary);
    for (const on of ["1", "ON", "yes", "True "]) {
      const env = { HOME: home, HF_TOKEN: canary, HF_HUB_DISABLE_IMPLICIT_TOKEN: on };
      await expect(huggingface({ env }).token()).rejects.toMatchObject({
        code: "AUTH_TOKEN_NOT_FOUND",
        remedy: expect.stringContaining("Unset HF_HUB_DISABLE_IMPLICIT_TOKEN"),
      });
      expect((await huggingface({ env, token: other }).token()).source).toBe("option token");
    }
    const off = { HF_TOKEN: canary, HF_HUB_DISABLE_IMPLICIT_TOKEN: "0" };
    expect((await huggingface({ env: off }).token()).source).toBe("env HF_TOKEN");
  });

  it("warns of addresses that it does not follow", async () => {
    const env = { HF_TOKEN: canary, HF_ENDPOINT: "https://mirror.example/", HUGGINGFACE_CO_STAGING: "1" };
    expect((await huggingface({ env }).explain()).warnings).toEqual([
      "HUGGINGFACE_CO_STAGING is set and not followed: pass the option baseUrl.",
      "HF_ENDPOINT is set and not followed: pass it as the option baseUrl if the token may go there.",
    ]);
    const chosen = { HF_TOKEN: canary, HF_ENDPOINT: "https://mirror.example" };
    const { warnings } = await huggingface({ env: chosen, baseUrl: "https://mirror.example" }).explain();
    expect(warnings).toEqual([]);
  });
});

describe("the file of hf auth login", () => {
  it("is read, behind the variables", async () => {
    await keep(`${canary}\n`);
    const auth = huggingface({ env: { HOME: home } });
    expect((await auth.token()).source).toBe(`file ${file}`);
    expect((await auth.token()).reveal() === canary).toBe(true);
    expect((await auth.explain()).warnings).toEqual([]);
    const env = { HOME: home, HF_TOKEN: other };
    expect((await huggingface({ env }).token()).source).toBe("env HF_TOKEN");
  });

  it("is read with a warning where others may read it, as older versions left it", async () => {
    await keep(canary, 0o644);
    const auth = huggingface({ env: { HOME: home } });
    expect((await auth.token()).reveal() === canary).toBe(true);
    expect((await auth.explain()).warnings).toEqual([
      expect.stringMatching(new RegExp(`mode 644.*Run chmod 600 ${file}`)),
    ]);
  });

  it("is where HF_HOME or HF_TOKEN_PATH say", async () => {
    await writeFile(path.join(home, "token"), canary, { mode: 0o600 });
    for (const env of [{ HF_HOME: home }, { HOME: home, HF_TOKEN_PATH: "~/token" }])
      expect((await huggingface({ env }).token()).reveal() === canary).toBe(true);
  });

  it("says to log in where it is not there, and what else there is", async () => {
    await expect(huggingface({ env: { HOME: home } }).token()).rejects.toMatchObject({
      code: "AUTH_TOKEN_NOT_FOUND",
      message: expect.stringContaining(`${file} does not exist`),
      remedy: expect.stringMatching(/HF_TOKEN.*hf auth login.*https:\/\/huggingface\.co\/settings\/tokens/),
    });
    await expect(huggingface({ env: {} }).token()).rejects.toMatchObject({ code: "AUTH_TOKEN_NOT_FOUND" });
  });

  it.each([
    ["is no file", () => mkdir(file, { recursive: true })],
    ["holds two lines", () => keep(`${canary}\n${canary}`)],
  ])("ends the search where it %s, and shows nothing of it", async (_, spoil) => {
    await spoil();
    const error: unknown = await huggingface({ env: { HOME: home } })
      .token()
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: expect.stringMatching(/^AUTH_TOKEN_(SOURCE_FAILED|MALFORMED)$/),
    });
    expect(String(error) + JSON.stringify(error)).not.toContain(canary);
  });
});

describe("verify", () => {
  it("gives the user, the token's name and role, and the Hub's id for the answer", async () => {
    const fake = await fakeHub();
    const { identity, requestId } = await huggingface({
      fetch: fetchFrom(fake),
      token: canary,
      env: {},
    }).verify();
    expect(identity).toEqual({
      kind: "user",
      id: "6a61f0c2e4b0d81f2a3c4d5e",
      label: "ada",
      fullName: "Ada Lovelace",
      email: "ada@example.com",
      accessToken: { name: "deploy", role: "write" },
      organizations: [{ id: "6b72e1d3f5c1e92a3b4d5e6f", label: "acme" }],
    });
    expect(requestId).toMatch(/^Root=1-/);
  });

  it.each([
    ["org", "organization"],
    ["app", "app"],
  ] as const)("tells the kind: %s", async (type, kind) => {
    const fake = await fakeHub({ tokens: { [canary]: { type } } });
    const { identity } = await huggingface({ fetch: fetchFrom(fake), token: canary, env: {} }).verify();
    expect(identity.kind).toBe(kind);
  });

  it("says of a refused token from where it is, and where to make another", async () => {
    const fake = await fakeHub({ tokens: {} });
    const auth = huggingface({ fetch: fetchFrom(fake), env: { HF_TOKEN: canary } });
    await expect(auth.verify()).rejects.toMatchObject({
      code: "AUTH_TOKEN_REJECTED",
      message: expect.stringMatching(/env HF_TOKEN.*Invalid credentials in Authorization header/),
      remedy: expect.stringContaining("https://huggingface.co/settings/tokens"),
    });
  });
});

describe("fetch", () => {
  it("follows a large file to the CDN without the token, and a renamed repository with it", async () => {
    const fake = await fakeHub();
    const auth = huggingface({ baseUrl: fake.url, token: canary, env: {} });
    const large = await auth.fetch("/acme/tiny/resolve/main/model.safetensors");
    expect([large.status, await large.text()]).toEqual([200, "0123456789 weights"]);
    expect((await auth.fetch("/api/models/acme/old-name")).status).toBe(200);
    expect(fake.requests.map(({ place, headers }) => [place, headers.authorization !== undefined])).toEqual([
      ["hub", true],
      ["cdn", false],
      ["hub", true],
      ["hub", true],
    ]);
  });

  it("keeps the token after a 401 that says that none arrived, and asks the sources again after any other", async () => {
    const fake = await fakeHub({ tokens: {} });
    let asked = 0;
    const auth = huggingface({ baseUrl: fake.url, token: () => (asked++, canary), env: {} });
    fake.script("GET /api/models", { status: 401, body: { error: "Invalid username or password." } });
    await auth.fetch("/api/models");
    expect(asked).toBe(1);
    await auth.fetch("/api/models");
    expect(asked).toBe(2);
  });

  it("tells by errorOf what a gate, a hidden repository and the CDN mean", async () => {
    const stranger = { owner: { id: "1", name: "eve", fullname: "Eve" }, orgs: [] };
    const fake = await fakeHub({ tokens: { [canary]: stranger } });
    const auth = huggingface({ baseUrl: fake.url, token: canary, env: {} });
    const errorAt = async (at: string) => auth.errorOf(await auth.fetch(at));
    expect(await errorAt("/acme/gated/resolve/main/config.json")).toMatchObject({
      code: "AUTH_PERMISSION_DENIED",
      status: 403,
      remedy: "Ask for access on the repository's page.",
    });
    expect(await errorAt("/api/models/acme/private")).toMatchObject({
      code: "AUTH_PERMISSION_DENIED",
      status: 404,
    });
    expect(await errorAt("/api/models/acme/tiny")).toBeUndefined();
  });
});

describe("a trusted publisher", () => {
  const job = (url: string) => ({
    HF_OIDC_RESOURCE: "acme/tiny",
    GITHUB_ACTIONS: "true",
    ACTIONS_ID_TOKEN_REQUEST_URL: url,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: "request-token",
  });

  it("is given a token for the job's identity, before any variable", async () => {
    let now = 1_790_000_000_000;
    const fake = await fakeHub({ idTokens: { "id-token": "acme/tiny" }, now: () => now });
    const env = { ...job(fake.idTokenUrl), HF_TOKEN: other };
    const auth = huggingface({ baseUrl: fake.url, env, now: () => now });
    const token = await auth.token();
    expect([token.source, token.expiresAt]).toEqual(["trusted publisher", now + 3_600_000]);
    expect(token.reveal()).toMatch(/^hf_jwt_/);
    expect(fake.requests.map(({ place, url }) => [place, url])).toEqual([
      ["github", `/id-token?api-version=2.0&audience=${encodeURIComponent(fake.url)}`],
      ["hub", "/oauth/token"],
    ]);
    now += 3_600_000;
    expect((await auth.token()).reveal() === token.reveal()).toBe(false);
  });

  it("is given one for an identity token at hand", async () => {
    const fake = await fakeHub({ idTokens: { "given-id-token": "acme/tiny" } });
    const env = { HF_OIDC_RESOURCE: "acme/tiny", HF_OIDC_ID_TOKEN: "given-id-token" };
    const token = await huggingface({ baseUrl: fake.url, env }).token();
    expect(token.source).toBe("trusted publisher");
    expect(fake.requests.map(({ place }) => place)).toEqual(["hub"]);
  });

  it.each([
    ["there is no identity token", {}, /id-token: write/],
    ["the Hub does not accept it", { HF_OIDC_ID_TOKEN: "canary-identity-of-another" }, /./],
  ])("gets no other token where %s", async (_, variables, remedy) => {
    const fake = await fakeHub({ idTokens: { "id-token": "acme/tiny" } });
    const env = { HF_OIDC_RESOURCE: "acme/tiny", HF_TOKEN: canary, ...variables };
    const error: unknown = await huggingface({ baseUrl: fake.url, env })
      .token()
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: "AUTH_TOKEN_SOURCE_FAILED",
      remedy: expect.stringMatching(remedy),
    });
    expect(String(error) + JSON.stringify(error)).not.toContain("canary-identity-of-another");
  });
});

describe("a login", () => {
  it("is kept once the Hub knows the token, used behind the variables and before the Hub's own file", async () => {
    await keep(other);
    const fake = await fakeHub();
    const store = { file: path.join(home, "logins.json") };
    const fetch = fetchFrom(fake);
    await login({ token: canary, store, fetch, env: { HF_TOKEN: other } });
    expect(await savedLogin({ store })).toEqual({
      name: "default",
      account: { kind: "user", id: "6a61f0c2e4b0d81f2a3c4d5e", label: "ada" },
    });
    const used = huggingface({ login: true, store, fetch, env: { HOME: home } });
    expect((await used.token()).source).toBe(`login default in ${store.file}`);
    expect((await used.verify()).identity.label).toBe("ada");
    expect(await logout({ store })).toBe(true);
    expect((await huggingface({ login: true, store, env: { HOME: home } }).token()).source).toBe(
      `file ${file}`,
    );
  });
});
