import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { describe, expect, it } from "vitest";

import { failureWithout } from "../fixtures/failure-without.ts";
import { canary, createSandbox, fakeDNAnexus, login as savedLogin } from "../fixtures/sandbox.ts";
import { isAuthError } from "../index.ts";
import { loginWithTokenOn } from "./login-with-token.ts";
import type { FakeDNAnexus } from "../testing/index.ts";

interface Start {
  readonly fake: FakeDNAnexus;
  readonly env: Record<string, string>;
  readonly sandbox: ReturnType<typeof createSandbox>;
  readonly paths: ReturnType<typeof createSandbox>["paths"];
}

async function start(): Promise<Start> {
  const sandbox = createSandbox();
  const fake = await fakeDNAnexus();
  const env: Record<string, string> = { HOME: sandbox.home, ...fake.environment() };
  return { fake, env, sandbox, paths: sandbox.paths };
}

describe("loginWithToken", () => {
  it("saves a token that the service accepts, with the server, as the toolkit does", async () => {
    const { env, paths, sandbox } = await start();
    const { identity } = await loginWithTokenOn(sandbox.machine)(` ${canary}\n`, { env });
    expect(identity.id).toBe("user-alice");
    const json: unknown = JSON.parse(readFileSync(paths.user, "utf8"));
    expect(json).toMatchObject({
      DX_USERNAME: "alice",
      DX_SECURITY_CONTEXT: `{"auth_token":"${canary}","auth_token_type":"Bearer"}`,
      DX_APISERVER_PORT: env["DX_APISERVER_PORT"],
    });
  });

  it("saves no token that the service refuses, and keeps what was saved", async () => {
    const { env, fake, paths, sandbox } = await start();
    sandbox.write(paths.user, savedLogin("kept"));
    fake.revokeToken(canary);
    const loginWithToken = loginWithTokenOn(sandbox.machine);
    expect(await failureWithout([canary], loginWithToken(canary, { env }))).toMatchObject({
      code: "AUTH_TOKEN_REJECTED",
    });
    expect(JSON.parse(readFileSync(paths.user, "utf8"))).toEqual(savedLogin("kept"));
    for (const token of ["", "PUBLIC"]) {
      const refused = await loginWithToken(token, { env }).catch((error: unknown) => error);
      expect(isAuthError(refused, "AUTH_PROVIDER_INVALID")).toBe(true);
    }
    expect(await failureWithout([canary], loginWithToken(`${canary} x`, { env }))).toMatchObject({
      code: "AUTH_TOKEN_MALFORMED",
      remedy: "Copy the token again, whole and alone, to the argument of loginWithToken.",
    });
  });

  it("refuses an address that is none, also where the program keeps the token", async () => {
    const { sandbox, env } = await start();
    const given = { env: { ...env, DX_APISERVER_HOST: "api.example.com/path" }, save: () => undefined };
    expect(await failureWithout([canary], loginWithTokenOn(sandbox.machine)(canary, given))).toMatchObject({
      code: "AUTH_PROVIDER_INVALID",
      message: expect.stringContaining("env DX_APISERVER_HOST is not a host name alone"),
    });
  });

  it("needs no auth server, and writes the user's login alone where sessions do not count", async () => {
    const { env, paths, sandbox } = await start();
    const { DX_AUTHSERVER_HOST: _, DX_AUTHSERVER_PORT: __, ...rest } = env;
    const { saved } = await loginWithTokenOn(sandbox.machine)(canary, { env: rest, sessions: false });
    expect(saved).toEqual([paths.user]);
    expect(existsSync(join(dirname(paths.user), "sessions"))).toBe(false);
  });
});
