import { execFileSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { inspect } from "node:util";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { canary, fakePylon, fetchFrom } from "../fixtures/pylon-on-loopback.ts";
import { isAuthError } from "../index.ts";
import { login, type LoginOptions, type LoginStore, logout, pylon, savedLogin } from "../node.ts";
import type { FakePylon } from "../testing/index.ts";

const other = "canary-pylon-7d2f0b8e4c6a9135";
const partners = { id: "o-2", name: "Partners GmbH" };

let folder: string;
let file: string;
let fake: FakePylon;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "pylon-login-"));
  file = path.join(folder, "logins.json");
  fake = await fakePylon({ tokens: { [canary]: {}, [other]: { region: "eu", organization: partners } } });
});
afterEach(() => rm(folder, { recursive: true }));

const here = (): { env: {}; fetch: typeof fetch } => ({ env: {}, fetch: fetchFrom(fake) });
const save = (options: Partial<LoginOptions> = {}) =>
  login({ token: canary, store: { file }, ...here(), ...options });

/** What a promise rejects with, which must be an `AuthError` that shows no token. */
async function failure(task: Promise<unknown>): Promise<unknown> {
  const error: unknown = await task.then(
    () => "fulfilled",
    (reason: unknown) => reason,
  );
  if (!isAuthError(error)) throw new Error(`It is no AuthError: ${inspect(error)}`);
  const shown = inspect(error, { depth: 9, showHidden: true }) + JSON.stringify(error);
  if (shown.includes(canary) || shown.includes(other)) throw new Error("The token shows.");
  return error;
}

/** What a login does wherever it is kept. */
function contract(storeOf: () => LoginStore): void {
  it("verifies, keeps, and is found after the environment variables", async () => {
    const store = storeOf();
    const { identity, token } = await save({ store });
    expect([identity.label, token.source]).toEqual(["Acme Support", "option token"]);
    const auth = pylon({ login: true, store, ...here() });
    expect((await auth.verify()).identity).toEqual(identity);
    expect((await auth.token()).source).toMatch(/^login default in /);
    const fromEnv = pylon({ login: true, store, ...here(), env: { PYLON_API_KEY: other } });
    expect((await fromEnv.token()).source).toBe("env PYLON_API_KEY");
    expect(await logout({ store })).toBe(true);
  });

  it("keeps several organizations side by side, and tells what is known of each", async () => {
    const store = storeOf();
    await save({ store, name: "acme" });
    await save({ store, name: "Partners & Söhne", token: other, region: "eu" });
    expect(await savedLogin({ store, name: "Partners & Söhne" })).toEqual({
      name: "Partners & Söhne",
      region: "eu",
      organization: partners,
    });
    expect((await pylon({ login: "acme", store, ...here() }).verify()).identity.label).toBe("Acme Support");
    expect(await logout({ store, name: "acme" })).toBe(true);
    expect(await logout({ store, name: "acme" })).toBe(false);
    expect(await savedLogin({ store, name: "acme" })).toBeUndefined();
    const eu = pylon({ login: "Partners & Söhne", region: "eu", store, ...here() });
    expect((await eu.verify()).identity.id).toBe("o-2");
    await logout({ store, name: "Partners & Söhne" });
  });

  it("is not used in another region, and no token is sent", async () => {
    const store = storeOf();
    await save({ store, token: other, region: "eu" });
    const sent = fake.requests.length;
    expect(await failure(pylon({ login: true, store, ...here() }).fetch("/me"))).toMatchObject({
      code: "AUTH_TOKEN_SOURCE_FAILED",
      remedy: 'Pass region: "eu" or set PYLON_REGION=eu.',
    });
    expect(fake.requests).toHaveLength(sent);
    await logout({ store });
  });

  it("keeps nothing that Pylon does not accept", async () => {
    const store = storeOf();
    fake.revokeToken(canary);
    expect(await failure(save({ store }))).toMatchObject({ code: "AUTH_TOKEN_REJECTED" });
    expect(await savedLogin({ store })).toBeUndefined();
    expect(await failure(pylon({ login: true, store, ...here() }).token())).toMatchObject({
      code: "AUTH_TOKEN_NOT_FOUND",
      message: expect.stringContaining("login default in"),
    });
  });
}

describe("a login in a file", () => {
  contract(() => ({ file }));

  it("makes the file and its folder for nobody else, and leaves nothing beside it", async () => {
    file = path.join(folder, "new", "logins.json");
    await save();
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(path.dirname(file))).mode & 0o777).toBe(0o700);
    expect(await readdir(path.dirname(file))).toEqual(["logins.json"]);
  });

  it("keeps whatever else the file holds", async () => {
    const before = '{ "theme": "dark", "logins": { "default": { "note": 1 }, "__proto__": { "note": 2 } } }';
    await writeFile(file, before, { mode: 0o600 });
    await save();
    const text = await readFile(file, "utf8");
    expect(JSON.parse(text)).toMatchObject({ theme: "dark", logins: { default: { note: 1, region: "us" } } });
    expect(text).toContain('"__proto__": {\n      "note": 2');
    await logout({ store: { file } });
    expect(JSON.parse(await readFile(file, "utf8"))).toMatchObject({ theme: "dark" });
  });

  it("keeps the logins of several that run at once", async () => {
    await Promise.all(["a", "b", "c"].map((name) => save({ name })));
    const { logins } = JSON.parse(await readFile(file, "utf8"));
    expect(Object.keys(logins).toSorted()).toEqual(["a", "b", "c"]);
  });

  it.each<[string, () => Promise<unknown>, RegExp]>([
    ["is open to others", () => chmod(file, 0o644), /mode 644.*chmod 600/],
    ["is a link", async () => (await rm(file), symlink("/etc/passwd", file)), /symbolic link/],
    ["is a folder", async () => (await rm(file), mkdir(file)), /no file of logins/],
    ["holds no JSON", () => writeFile(file, `{ "${canary}`), /holds no JSON/],
    ["holds a list", () => writeFile(file, "[]"), /no file of logins/],
    ["holds logins that are none", () => writeFile(file, '{ "logins": [] }'), /no file of logins/],
    ["is being written by another program", () => writeFile(`${file}.lock`, ""), /delete .*\.lock/],
  ])("is not kept in a file that %s, which stays as it is", async (_, spoil, message) => {
    await writeFile(file, "{}", { mode: 0o600 });
    await spoil();
    const names = await readdir(folder);
    expect(await failure(save())).toMatchObject({
      code: "AUTH_LOGIN_FAILED",
      message: expect.stringMatching(message),
    });
    expect(await readdir(folder)).toEqual(names);
  });

  it("that is damaged or open to others ends the search", async () => {
    await save();
    await chmod(file, 0o640);
    const token = (): Promise<unknown> => pylon({ login: true, store: { file }, ...here() }).token();
    expect(await failure(token())).toMatchObject({
      code: "AUTH_TOKEN_SOURCE_FAILED",
      remedy: expect.stringContaining("chmod 600"),
    });
    await chmod(file, 0o600);
    await writeFile(file, JSON.stringify({ logins: { default: { token: canary } } }));
    expect(await failure(token())).toMatchObject({ code: "AUTH_TOKEN_SOURCE_FAILED" });
  });

  it("takes the given token and no other", async () => {
    const env = { PYLON_API_TOKEN: canary };
    expect(await failure(save({ token: " ", env }))).toMatchObject({ code: "AUTH_TOKEN_NOT_FOUND" });
    expect(fake.requests).toEqual([]);
  });

  it.each([{ name: "" }, { name: "a\nb" }, { store: { file: "" } }, { store: "file" as "keychain" }])(
    "is refused at once with %j",
    async (options) => {
      expect(await failure(save(options))).toMatchObject({ code: "AUTH_LOGIN_FAILED" });
      expect(fake.requests).toEqual([]);
    },
  );
});

// scripts/with-keyring.sh sets it, around a keyring of its own: the tests must not touch a person's.
describe.runIf(process.env["AUTH_TEST_KEYCHAIN"] === "1")("a login in the keychain", () => {
  contract(() => "keychain");
});

// In a process of its own: the native package keeps its first connection.
it.runIf(process.platform === "linux")(
  "keeps a login nowhere where there is no keychain, and says what there is instead",
  () => {
    const program = `
      import { login, pylon } from "./packages/pylon/src/node.ts";
      const tries = [
        login({ token: "${canary}", baseUrl: "${fake.url}", fetch: async () => Response.json({ data: { id: "o-1" } }) }),
        pylon({ login: true }).token(),
      ];
      console.log((await Promise.allSettled(tries)).map(({ reason }) => reason.code + " " + reason.remedy).join("\\n"));
    `;
    const printed = execFileSync(
      process.execPath,
      ["--conditions=@auth/source", "--no-warnings", "--input-type=module-typescript", "--eval", program],
      {
        cwd: path.join(import.meta.dirname, "../../../.."),
        env: {
          PATH: process.env["PATH"],
          HOME: folder,
          DBUS_SESSION_BUS_ADDRESS: "unix:path=/nonexistent/bus",
        },
        encoding: "utf8",
      },
    );
    expect(printed).toMatch(
      /^AUTH_LOGIN_FAILED .*Secret Service.*\nAUTH_TOKEN_SOURCE_FAILED .*Secret Service/,
    );
    expect(printed).not.toContain(canary);
  },
);
