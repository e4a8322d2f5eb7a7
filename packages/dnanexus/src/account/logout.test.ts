import { existsSync, readFileSync } from "node:fs";
import { dirname } from "node:path";

import { describe, expect, it } from "vitest";

import { canary, createSandbox, fakeDNAnexus, login as saved } from "../fixtures/sandbox.ts";
import { logoutOn } from "./logout.ts";
import { signatureOf } from "../testing/token-store.ts";

const loggedOut = '{"auth_token":"PUBLIC","auth_token_type":"Bearer"}';
const contextIn = (path: string): unknown => JSON.parse(readFileSync(path, "utf8")).DX_SECURITY_CONTEXT;

describe("logout", () => {
  it("ends the saved token by its signature, and leaves the rest of the login", async () => {
    const { home, machine, paths, provider, write } = createSandbox();
    const fake = await fakeDNAnexus();
    write(paths.user, saved(canary, { DX_USERNAME: "alice", OTHER: 1 }));
    write(paths.session, saved(canary));
    const env = { HOME: home, ...fake.environment() };
    const result = await logoutOn(machine)({ env });
    expect(result).toEqual({
      outcome: "ended",
      token: { source: `file ${paths.session}`, fingerprint: signatureOf(canary).slice(0, 8) },
      saved: [paths.user, paths.session],
      warnings: [
        expect.stringMatching(/^The token from file .* goes to http:.* \(env DX_APISERVER_PROTOCOL, /),
        expect.stringContaining("Jobs"),
      ],
    });
    expect(fake.requests).toHaveLength(1);
    expect(fake.requests[0]).toMatchObject({
      path: "/system/destroyAuthToken",
      headers: { authorization: `Bearer ${canary}` },
      body: JSON.stringify({ tokenSignature: signatureOf(canary) }),
    });
    expect(fake.tokens()).toEqual([]);
    expect([contextIn(paths.user), contextIn(paths.session)]).toEqual([loggedOut, loggedOut]);
    expect(JSON.parse(readFileSync(paths.user, "utf8"))).toMatchObject({ DX_USERNAME: "alice", OTHER: 1 });
    await expect(provider({ env }).token()).rejects.toMatchObject({ code: "AUTH_TOKEN_NOT_FOUND" });
    expect(await logoutOn(machine)({ env })).toEqual({ outcome: "not logged in", saved: [], warnings: [] });
    expect(fake.requests).toHaveLength(1);
  });

  it("writes it even where the service refuses, and says that the token may live on", async () => {
    const { home, machine, paths, write } = createSandbox();
    const fake = await fakeDNAnexus();
    write(paths.user, saved(canary));
    fake.script("/system/destroyAuthToken", { type: "PermissionDenied", message: `not ${canary}` });
    const result = await logoutOn(machine)({ env: { HOME: home, ...fake.environment() } });
    expect(result).toMatchObject({
      outcome: "refused",
      error: { code: "AUTH_PERMISSION_DENIED", status: 401 },
      warnings: [expect.stringContaining("make sure"), expect.stringContaining("may still be good")],
    });
    expect(JSON.stringify(result)).not.toContain(canary);
    expect(contextIn(paths.user)).toBe(loggedOut);
    expect(fake.tokens()).toHaveLength(1);
  });

  it("names the auth server where that has no such route, and warns of no server that the file names too", async () => {
    const { home, machine, paths, write } = createSandbox();
    const fake = await fakeDNAnexus();
    const { DX_AUTHSERVER_HOST, DX_AUTHSERVER_PORT, ...server } = fake.environment();
    write(paths.user, saved(canary, server));
    fake.script("/system/destroyAuthToken", { type: "ResourceNotFound" });
    const env = { HOME: home, DX_AUTHSERVER_HOST, DX_AUTHSERVER_PORT, ...server };
    expect(await logoutOn(machine)({ env })).toMatchObject({
      outcome: "refused",
      error: { code: "AUTH_RESPONSE_MALFORMED", remedy: expect.stringContaining("authUrl") },
      warnings: [expect.stringContaining("may still be good")],
    });
  });

  it("says where it could not look for a saved login", async () => {
    const { machine } = createSandbox();
    expect(await logoutOn(machine)({ env: {} })).toEqual({
      outcome: "not logged in",
      saved: [],
      warnings: [expect.stringContaining("HOME is not set")],
    });
  });

  it.each(["the home", "the directory"])("has nothing to do where %s is a file", async (which) => {
    const { home, machine, paths, write } = createSandbox();
    write(which === "the home" ? home : dirname(paths.user), "");
    expect((await logoutOn(machine)({ env: { HOME: home } })).outcome).toBe("not logged in");
  });

  it("does nothing where the service gives no answer, or the auth server is not known", async () => {
    const { home, machine, paths, write } = createSandbox();
    const fake = await fakeDNAnexus();
    write(paths.user, saved(canary));
    const env = { HOME: home, ...fake.environment() };
    fake.script("/system/destroyAuthToken", { drop: true, times: 10 });
    await expect(logoutOn(machine)({ env })).rejects.toMatchObject({ code: "AUTH_UNREACHABLE" });
    const unknown = logoutOn(machine)({ env: { ...env, DX_AUTHSERVER_HOST: "" } });
    await expect(unknown).rejects.toMatchObject({
      code: "AUTH_PROVIDER_INVALID",
      remedy: expect.stringContaining("authUrl"),
    });
    expect(contextIn(paths.user)).not.toBe(loggedOut);
  });

  it("names the places that still hold the token, and a login that was taken out with it", async () => {
    const { home, machine, paths, write } = createSandbox();
    const fake = await fakeDNAnexus();
    write(paths.user, saved("another"));
    const { warnings } = await logoutOn(machine)({ env: { HOME: home, ...fake.environment(canary) } });
    expect(warnings).toEqual([
      expect.stringContaining("Jobs"),
      "env DX_SECURITY_CONTEXT still holds the token, and comes before every file: unset it.",
      `file ${paths.user} held another token, which was taken out and not ended.`,
    ]);
  });

  it("leaves a job's own token alone, unless it is forced", async () => {
    const { home, machine, paths } = createSandbox();
    const fake = await fakeDNAnexus();
    const env = { ...fake.jobEnvironment({ launchedWith: canary }), HOME: home };
    const refused = logoutOn(machine)({ env, authUrl: fake.url });
    await expect(refused).rejects.toMatchObject({
      code: "AUTH_PERMISSION_DENIED",
      remedy: expect.stringContaining("force"),
    });
    expect(fake.requests).toEqual([]);
    expect(existsSync(dirname(paths.user))).toBe(false);
    expect(await logoutOn(machine)({ env, authUrl: fake.url, force: true })).toMatchObject({
      outcome: "ended",
    });
    expect(fake.tokens().map(({ kind }) => kind)).toEqual(["api"]);
  });

  it.each(["the files alone know", "a file knows, beside the token in a variable"])(
    "leaves the own token alone of a job that %s",
    async (where) => {
      const { home, machine, paths, write } = createSandbox();
      const fake = await fakeDNAnexus();
      const { HOME: _, ...inJob } = fake.jobEnvironment({ launchedWith: canary });
      write(paths.user, inJob);
      const { DX_SECURITY_CONTEXT } = inJob;
      const env = { HOME: home, ...(!where.startsWith("the files") && { DX_SECURITY_CONTEXT }) };
      const before = readFileSync(paths.user, "utf8");
      await expect(logoutOn(machine)({ env, authUrl: fake.url })).rejects.toMatchObject({
        code: "AUTH_PERMISSION_DENIED",
        message: expect.stringContaining(inJob["DX_JOB_ID"] ?? "none"),
        remedy: expect.stringContaining("force"),
      });
      expect(fake.requests).toEqual([]);
      expect(readFileSync(paths.user, "utf8")).toBe(before);
      const forced = await logoutOn(machine)({ env, authUrl: fake.url, force: true });
      expect(forced.outcome).toBe("ended");
    },
  );

  it("writes the server of a login in the environment too, as the toolkit does", async () => {
    const { home, machine, paths, write } = createSandbox();
    const fake = await fakeDNAnexus();
    write(paths.user, { DX_APISERVER_HOST: "api.example.com", DX_USERNAME: "alice" });
    const { DX_APISERVER_PROTOCOL, DX_APISERVER_HOST, DX_APISERVER_PORT, ...env } = fake.environment(canary);
    const server = { DX_APISERVER_PROTOCOL, DX_APISERVER_HOST, DX_APISERVER_PORT };
    await logoutOn(machine)({ env: { HOME: home, ...env, ...server } });
    const written = { ...server, DX_USERNAME: "alice", DX_SECURITY_CONTEXT: loggedOut };
    expect(JSON.parse(readFileSync(paths.user, "utf8"))).toEqual(written);
  });

  it("ends a token that only this program was told to read", async () => {
    const { home, machine } = createSandbox();
    const fake = await fakeDNAnexus();
    const env = { HOME: home, ...fake.environment(), DX_API_TOKEN: canary };
    expect((await logoutOn(machine)({ env })).outcome).toBe("not logged in");
    const { outcome, token } = await logoutOn(machine)({ env, alsoRead: ["DX_API_TOKEN"] });
    expect([outcome, token?.source]).toEqual(["ended", "env DX_API_TOKEN"]);
  });
});
