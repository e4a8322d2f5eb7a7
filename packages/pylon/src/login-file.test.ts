import { execFile, execFileSync } from "node:child_process";
import {
  chmod,
  chown,
  mkdir,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import process from "node:process";
import { promisify } from "node:util";

import { beforeEach, expect, it } from "vitest";

import { failure, fake, fileStore, folder, here, otherCanary, save } from "./fixtures/logins.ts";
import { canary } from "./fixtures/pylon-on-loopback.ts";
import { logout, pylon, savedLogin } from "./index.ts";

let file: string;
beforeEach(() => ({ file } = fileStore()));

const used = (): Promise<unknown> => pylon({ login: true, store: { file }, ...here() }).token();
const kept = async (): Promise<Record<string, Record<string, unknown>>> =>
  JSON.parse(await readFile(file, "utf8"));

/** Logs in and out in a process of its own, with these bits taken from every mode. */
function elsewhere(
  names: { login: readonly string[]; logout?: readonly string[] },
  umask = "022",
  before = "",
): Promise<unknown> {
  const program = `
    const fs = process.getBuiltinModule("node:fs");
    ${before}
    const { login, logout } = await import("./packages/pylon/src/index.ts");
    const { url, token, file, names } = JSON.parse(process.env.GIVEN);
    const store = { file };
    for (const name of names.login) await login({ token, name, store, baseUrl: url, env: {} });
    for (const name of names.logout ?? []) await logout({ name, store });
  `;
  const node = [process.execPath, "--conditions=@auth/source", "--input-type=module", "--eval", program];
  // Not among the arguments: a command that fails is shown with them.
  const GIVEN = JSON.stringify({ url: fake.url, token: canary, file, names });
  return promisify(execFile)("sh", ["-c", `umask ${umask}; exec "$@"`, "sh", ...node], {
    cwd: path.join(import.meta.dirname, "../../.."),
    env: { PATH: process.env["PATH"], GIVEN },
  });
}

it.each(["000", "077"])(
  "makes the file and its folder for nobody else, and leaves nothing beside it (umask %s)",
  async (umask) => {
    file = path.join(folder, "new", "logins.json");
    await elsewhere({ login: ["a"] }, umask);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(path.dirname(file))).mode & 0o777).toBe(0o700);
    expect(await readdir(path.dirname(file))).toEqual(["logins.json"]);
  },
);

it("makes a file that it can write to again, under a umask that would not let it", async () => {
  await elsewhere({ login: ["a", "b"] }, "277");
  expect((await stat(file)).mode & 0o777).toBe(0o600);
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

it("is replaced as a whole, so that whoever reads it meanwhile reads the old one or the new one", async () => {
  await save();
  const { ino } = await stat(file);
  await save({ token: otherCanary, region: "eu" });
  expect((await stat(file)).ino).not.toBe(ino);
  expect(await savedLogin({ store: { file } })).toMatchObject({ region: "eu" });
});

it("loses no login of programs that run at once", async () => {
  await save({ name: "old" });
  const names = ["a", "b", "c", "d"].map((one) => [1, 2, 3, 4, 5].map((number) => one + number));
  await Promise.all(names.map((login, index) => elsewhere({ login, logout: index === 0 ? ["old"] : [] })));
  const { logins = {} } = await kept();
  expect(Object.keys(logins).toSorted()).toEqual(names.flat().toSorted());
  expect(await readdir(folder)).toEqual(["logins.json"]);
}, 60_000);

it.each<[string, () => Promise<unknown>, RegExp]>([
  ["is open to others", () => chmod(file, 0o644), /mode 644.*chmod 600/],
  ["a group may read", () => chmod(file, 0o640), /mode 640.*chmod 600/],
  ["is a link", async () => (await rm(file), symlink("/etc/passwd", file)), /symbolic link/],
  ["is a link to nothing", async () => (await rm(file), symlink("nowhere", file)), /symbolic link/],
  ["is a folder", async () => (await rm(file), mkdir(file)), /not a regular file/],
  [
    "is a pipe",
    async () => (await rm(file), execFileSync("mkfifo", ["-m", "600", file])),
    /not a regular file/,
  ],
  ["holds no JSON", () => writeFile(file, `{ "${canary}`), /holds no JSON/],
  ["is empty", () => writeFile(file, ""), /holds no JSON/],
  ["holds a list", () => writeFile(file, "[]"), /no file of logins/],
  ["holds logins that are none", () => writeFile(file, '{ "logins": [] }'), /no file of logins/],
  ["is far too long", () => writeFile(file, `"${"a".repeat(1_048_576)}"`), /too large/],
])("is not kept in a file that %s, which stays as it is and is not read", async (_, spoil, message) => {
  await writeFile(file, "{}", { mode: 0o600 });
  await spoil();
  const [names, before] = [await readdir(folder), await stat(file).catch(() => undefined)];
  expect(await failure(save())).toMatchObject({
    code: "AUTH_LOGIN_FAILED",
    message: expect.stringMatching(message),
  });
  const after = await stat(file).catch(() => undefined);
  expect([await readdir(folder), after?.ino, after?.mtimeMs]).toEqual([names, before?.ino, before?.mtimeMs]);
  expect(await failure(used())).toMatchObject({ code: "AUTH_TOKEN_SOURCE_FAILED" });
});

it("is not read from a file of another user's", async () => {
  await save();
  // Only root can give a file away; for everyone else there is one of root's.
  if (process.getuid?.() === 0) await chown(file, 65_534, 65_534);
  else file = "/etc/passwd";
  expect(await failure(used())).toMatchObject({
    code: "AUTH_TOKEN_SOURCE_FAILED",
    message: expect.stringContaining("belongs to another user"),
    remedy: expect.stringContaining("chown"),
  });
  expect(await failure(logout({ store: { file } }))).toMatchObject({ code: "AUTH_LOGIN_FAILED" });
});

it("says where the folder cannot be made, with the path that is in the way", async () => {
  await writeFile(file, "");
  const below = path.join(file, "deep", "logins.json");
  expect(await failure(save({ store: { file: below } }))).toMatchObject({
    code: "AUTH_LOGIN_FAILED",
    message: expect.stringMatching(/\/deep cannot be made: \S+\/logins\.json is not a folder \(E[A-Z]+\)\./),
    remedy: `Remove or rename ${file}, or name another file.`,
  });
});

it("is not kept where an older version of this package, or nobody, left a lock", async () => {
  await writeFile(`${file}.lock`, canary, { mode: 0o600 });
  await utimes(`${file}.lock`, 1, 1);
  await save();
  expect(await readdir(folder)).toEqual(["logins.json"]);
});

it.each([
  ["after a logout", () => logout({ store: { file } }), ["logins.json"]],
  ["after a logout of another name", () => logout({ name: "other", store: { file } }), ["logins.json"]],
  ["after the next login", () => save({ token: otherCanary, region: "eu", name: "other" }), ["logins.json"]],
])("leaves no copy of the token %s, though it was killed while it saved", async (_, next, names) => {
  await writeFile(file, "{}", { mode: 0o600 });
  const dying = elsewhere(
    { login: ["default"] },
    "022",
    "fs.fsyncSync = () => process.kill(process.pid, 'SIGKILL');",
  );
  await expect(dying).rejects.toMatchObject({ signal: "SIGKILL" });
  const texts = async (): Promise<string> => {
    const all = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = all.filter((one) => one.isFile());
    return (
      await Promise.all(files.map((one) => readFile(path.join(one.parentPath, one.name), "utf8")))
    ).join();
  };
  expect(await texts()).toContain(canary);
  await next();
  expect(await texts()).not.toContain(canary);
  expect(await readdir(folder)).toEqual(names);
});

it("is kept below the home folder where the path says ~/", async () => {
  const there = path.join(homedir(), path.relative(homedir(), file));
  const tilde = `~/${path.relative(homedir(), file)}`;
  await save({ store: { file: tilde } });
  expect(await savedLogin({ store: { file: there } })).toMatchObject({ region: "us" });
  expect(await logout({ store: { file: tilde } })).toBe(true);
});

it.each(["logins.json", "./logins.json", "~", "~other/logins.json"])(
  "is kept nowhere where the path is relative: %s",
  async (relative) => {
    const store = { file: relative };
    for (const task of [save({ store }), logout({ store }), savedLogin({ store })])
      expect(await failure(task)).toMatchObject({
        code: "AUTH_LOGIN_FAILED",
        message: expect.stringContaining("store.file is no absolute path"),
        remedy: expect.stringMatching(/^Pass store\.file as a whole path, such as .*~\/\.$/),
      });
    expect(fake.requests).toEqual([]);
    expect(await failure(pylon({ login: true, store, ...here() }).token())).toMatchObject({
      code: "AUTH_TOKEN_SOURCE_FAILED",
      message: expect.stringContaining("store.file is no absolute path"),
    });
  },
);

it.each([
  [true, "Or log in with login({ token, store })."],
  ["acme", 'Or log in with login({ token, name: "acme", store }).'],
] as const)("says to log in where nobody did: login %j", async (name, remedy) => {
  expect(await failure(pylon({ login: name, store: { file }, ...here() }).token())).toMatchObject({
    code: "AUTH_TOKEN_NOT_FOUND",
    remedy: `Set PYLON_API_TOKEN to a token. ${remedy} Tokens are made at https://app.usepylon.com/settings/api-tokens`,
  });
});

it.each<[string, unknown]>([
  ["no region", { token: canary, organization: { id: "o-1" } }],
  ["an unknown region", { token: canary, region: "mars", organization: { id: "o-1" } }],
  ["no organization", { token: canary, region: "us" }],
  ["no token", { region: "us", organization: { id: "o-1" } }],
  ["a token that is no text", { token: [canary], region: "us", organization: { id: "o-1" } }],
  ["nothing but the token", canary],
])("that has %s ends the search, and does not fall through", async (_, login) => {
  await writeFile(file, JSON.stringify({ logins: { default: login } }), { mode: 0o600 });
  expect(await failure(used())).toMatchObject({
    code: "AUTH_TOKEN_SOURCE_FAILED",
    remedy: "Log in again with login().",
  });
  expect(await failure(savedLogin({ store: { file } }))).toMatchObject({ code: "AUTH_LOGIN_FAILED" });
});

it("does not take what is on a prototype for a login", async () => {
  await writeFile(file, '{ "logins": {} }', { mode: 0o600 });
  for (const name of ["constructor", "__proto__", "toString"])
    expect(await savedLogin({ name, store: { file } })).toBeUndefined();
  await save({ name: "__proto__" });
  expect(await savedLogin({ name: "__proto__", store: { file } })).toMatchObject({ region: "us" });
});
