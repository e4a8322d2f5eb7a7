import fs, { readFileSync, writeFileSync } from "node:fs";

import { afterEach, expect, it, vi } from "vitest";

import { canary, context, createSandbox, fakeDNAnexus, login as saved } from "../fixtures/sandbox.ts";
import { loginOn } from "./login.ts";
import { loginWithTokenOn } from "./login-with-token.ts";
import { logoutOn } from "./logout.ts";

const password = "canary-dnanexus-1a2b3c4d5e6f7081";

afterEach(() => vi.restoreAllMocks());

/** The paths that are opened from now on, of those that end so. */
function counted(end: string): { readonly opened: () => string[] } {
  const opened = vi.spyOn(fs, "openSync");
  return {
    opened: () => opened.mock.calls.map(([path]) => String(path)).filter((path) => path.endsWith(end)),
  };
}

it.each(["the first login", "a later one"])(
  "opens environment.json once before the password is sent, and once when it has the lock: %s",
  async (which) => {
    const { home, machine, paths, write } = createSandbox();
    const fake = await fakeDNAnexus({ users: { alice: { password } } });
    const session = paths.session.replace("4242", "7");
    if (which === "a later one") for (const path of [paths.user, session]) write(path, {});
    const env = { HOME: home, ...fake.environment() };
    const { opened } = counted("environment.json");
    const atPassword: string[][] = [];
    const login = loginOn(machine)({
      username: "alice",
      password,
      env,
      fetch: (input, init) => {
        if (String(input).endsWith("newAuthToken")) atPassword.push(opened());
        return fetch(input, init);
      },
    });
    expect((await login).saved).toEqual([paths.user, session]);
    expect(atPassword.map((opens) => opens.toSorted())).toEqual([[paths.user, session]]);
    expect(opened().toSorted()).toEqual([paths.user, paths.user, session, session].toSorted());
  },
);

it("reads no file where the environment says all, and looks at each place once in a search", async () => {
  const { home, paths, provider, write } = createSandbox();
  write(paths.user, saved("another"));
  const address = {
    DX_APISERVER_PROTOCOL: "https",
    DX_APISERVER_HOST: "api.example.com",
    DX_APISERVER_PORT: "443",
  };
  const { opened } = counted("environment.json");
  const env = { HOME: home, ...address };
  await provider({ env: { ...env, DX_SECURITY_CONTEXT: context(canary) } }).headers("/x");
  expect(opened()).toEqual([]);
  await provider({ env }).token();
  expect(opened()).toEqual([paths.session.replace("4242", "7"), paths.user]);
});

it.each(["login", "loginWithToken"])(
  "saves the server that got the token, whatever the files say by then: %s",
  async (how) => {
    const { home, machine, paths, write } = createSandbox();
    const fake = await fakeDNAnexus({ users: { alice: { password } } });
    const { DX_AUTHSERVER_HOST, DX_AUTHSERVER_PORT, ...server } = fake.environment();
    write(paths.user, server);
    const options = {
      env: { HOME: home, DX_AUTHSERVER_HOST, DX_AUTHSERVER_PORT },
      fetch: ((input, init) => {
        writeFileSync(paths.user, JSON.stringify({ ...server, DX_APISERVER_HOST: "evil.example" }));
        return fetch(input, init);
      }) satisfies typeof fetch,
    };
    await (how === "login"
      ? loginOn(machine)({ username: "alice", password, ...options })
      : loginWithTokenOn(machine)(canary, options));
    expect(JSON.parse(readFileSync(paths.user, "utf8"))).toMatchObject({
      DX_APISERVER_HOST: server.DX_APISERVER_HOST,
      DX_APISERVER_PORT: server.DX_APISERVER_PORT,
    });
    expect(fake.requests.every(({ headers }) => headers.host === new URL(fake.url).host)).toBe(true);
  },
);

it("ends the token of one look, and asks no file for it again", async () => {
  const { home, machine, paths, write } = createSandbox();
  const fake = await fakeDNAnexus();
  write(paths.user, saved(canary));
  const { opened } = counted("environment.json");
  const { outcome } = await logoutOn(machine)({
    env: { HOME: home, ...fake.environment() },
    sessions: false,
  });
  expect(outcome).toBe("ended");
  expect(opened().filter((path) => path === paths.user)).toHaveLength(2);
});
