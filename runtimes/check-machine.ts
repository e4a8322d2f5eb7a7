// What must hold where there are files, processes and variables: in Node.js, Bun and Deno.
import { chmod, mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";

import { defineProvider, isAuthError, type TokenSource } from "@auth/core";
import { fromCommand, fromFile } from "@auth/core/node";
import { dnanexus } from "@auth/dnanexus";
import { login as savePylonLogin, logout as deletePylonLogin, pylon, savedLogin } from "@auth/pylon";

import type { Site } from "./ground.ts";
import { canary, failureOf, nextCanary, same, type Suite } from "./suite.ts";

/** Variables that lead to a DNAnexus on loopback and log in there. */
export type Login = Readonly<Record<string, string>>;

export async function checkMachine({ check }: Suite, { own }: Site, login: Login): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), "runtimes-"));
  const from = (source: TokenSource) =>
    defineProvider({
      specVersion: 1,
      id: "acme",
      name: "Acme",
      setup: () => ({
        baseUrl: "https://acme.example",
        sources: [source],
        verify: { path: "/me", identify: () => undefined },
      }),
    })();

  await check("the process's own environment is read when it is needed", async () => {
    process.env["PYLON_API_TOKEN"] = canary;
    same((await pylon().token()).source, "env PYLON_API_TOKEN");
    delete process.env["PYLON_API_TOKEN"];
  });

  await check("fromFile reads a private file, and refuses one that others may read", async () => {
    const file = path.join(folder, "token");
    await writeFile(file, `${canary}\n`, { mode: 0o600 });
    same((await from(fromFile(file)).token()).reveal(), canary);
    await chmod(file, 0o644);
    const error = await failureOf(from(fromFile(file)).token());
    same(isAuthError(error, "AUTH_TOKEN_SOURCE_FAILED") && error.remedy.includes("chmod 600"), true);
    same((await from(fromFile(file, { permissions: "any" })).token()).reveal(), canary);
    const missing = await failureOf(from(fromFile(path.join(folder, "none"))).token());
    same(isAuthError(missing, "AUTH_TOKEN_NOT_FOUND"), true);
  });

  await check("fromCommand takes what a command prints, plain and as JSON", async () => {
    same((await from(fromCommand("printf", ["%s", canary])).token()).reveal(), canary);
    const expiresAt = Date.now() + 60_000;
    const json = JSON.stringify({ token: nextCanary, expiresAt });
    const token = await from(fromCommand("printf", ["%s", json])).token();
    same([token.reveal(), token.expiresAt], [nextCanary, expiresAt]);
  });

  await check("fromCommand says that a command failed, and ends one that takes too long", async () => {
    for (const source of [
      fromCommand("false", []),
      fromCommand("no-such-command-anywhere", []),
      fromCommand("sleep", ["60"], { timeoutMs: 100 }),
      fromCommand("sh", ["-c", "sleep 60 & sleep 60"], { timeoutMs: 100 }),
      fromCommand("yes", []),
    ])
      same(isAuthError(await failureOf(from(source).token()), "AUTH_TOKEN_SOURCE_FAILED"), true);
  });

  await check("dnanexus uses the login of the environment", async () => {
    const auth = dnanexus({ env: { ...login, HOME: folder } });
    const { identity, token } = await auth.verify();
    same([identity.kind, identity.id, token.source], ["user", "user-alice", "env DX_SECURITY_CONTEXT"]);
    const { outcome, warnings } = await auth.explain({ verify: true });
    same([outcome, warnings], ["verified", []]);
  });

  await check("dnanexus uses the saved login of the user", async () => {
    const { DX_SECURITY_CONTEXT, ...address } = login;
    const config = path.join(folder, "config");
    await mkdir(config, { mode: 0o700 });
    const file = path.join(config, "environment.json");
    await writeFile(file, JSON.stringify({ DX_SECURITY_CONTEXT, ...address }), { mode: 0o600 });
    const auth = dnanexus({ env: { HOME: folder, DX_USER_CONF_DIR: config } });
    same((await auth.verify()).identity.id, "user-alice");
  });

  await check(
    "pylon saves a login that Pylon accepted in a private file, uses it, and deletes it",
    async () => {
      const home = path.join(folder, "pylon");
      const store = { file: path.join(home, "logins.json") };
      const { identity } = await savePylonLogin({ token: canary, name: "acme", baseUrl: own, store });
      same(identity.label, "Acme Support");
      same(
        [((await stat(store.file)).mode & 0o777).toString(8), await readdir(home)],
        ["600", ["logins.json"]],
      );
      same((await savedLogin({ name: "acme", store }))?.organization, {
        id: "organization-1",
        name: "Acme Support",
      });
      const auth = pylon({ login: "acme", store, baseUrl: own, env: {} });
      same(await (await auth.fetch("/echo")).json(), { authorization: `Bearer ${canary}`, key: null });
      await chmod(store.file, 0o644);
      const error = await failureOf(pylon({ login: "acme", store, env: {} }).token());
      same(isAuthError(error, "AUTH_TOKEN_SOURCE_FAILED") && error.remedy.includes("chmod 600"), true);
      await chmod(store.file, 0o600);
      same(await deletePylonLogin({ name: "acme", store }), true);
      same((await savedLogin({ name: "acme", store })) === undefined, true);
    },
  );

  await rm(folder, { recursive: true });
}
