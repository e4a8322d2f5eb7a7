import { rmSync } from "node:fs";
import { dirname, join } from "node:path";

import { describe, expect, it } from "vitest";

import { context, createSandbox, login } from "../fixtures/sandbox.ts";

const loggedOut = { DX_SECURITY_CONTEXT: '{"auth_token":"PUBLIC","auth_token_type":"Bearer"}' };

describe("the search for a token", () => {
  it("looks in the environment, then in the session's, the user's and the machine's file", async () => {
    const { home, paths, provider, write } = createSandbox();
    const env: Record<string, string> = { HOME: home, DX_SECURITY_CONTEXT: context("of-the-environment") };
    write(paths.session, login("of-the-session"));
    write(paths.user, login("of-the-user"));
    write(paths.machine, login("of-the-machine"));
    const found = async (): Promise<[string, string]> => {
      const token = await provider({ env }).token();
      return [token.source, token.reveal()];
    };
    expect(await found()).toEqual(["env DX_SECURITY_CONTEXT", "of-the-environment"]);
    env["DX_SECURITY_CONTEXT"] = " ";
    expect(await found()).toEqual([`file ${paths.session}`, "of-the-session"]);
    rmSync(dirname(dirname(paths.session)), { recursive: true });
    expect(await found()).toEqual([`file ${paths.user}`, "of-the-user"]);
    write(paths.user, { DX_SECURITY_CONTEXT: "" });
    expect(await found()).toEqual([`file ${paths.machine}`, "of-the-machine"]);
    expect((await provider({ env, token: "of-the-option" }).token()).source).toBe("option token");
  });

  it("has a line for each place in an explanation", async () => {
    const { home, paths, provider, write } = createSandbox();
    write(paths.user, login("of-the-user"));
    const { attempts, outcome } = await provider({ env: { HOME: home } }).explain();
    expect(outcome).toBe("found");
    expect(attempts.map(({ source, outcome: tried, reason }) => [source, tried, reason])).toEqual([
      ["env DX_SECURITY_CONTEXT", "unavailable", "DX_SECURITY_CONTEXT is not set"],
      [
        `file ${join(dirname(paths.user), "sessions", "7", "environment.json")}`,
        "unavailable",
        expect.stringContaining("does not exist"),
      ],
      [`file ${paths.user}`, "used", undefined],
      [`file ${paths.machine}`, "not tried", undefined],
    ]);
  });

  it("leaves sessions out where the option says so", async () => {
    const { home, paths, provider, write } = createSandbox();
    write(paths.session, login("of-the-session"));
    write(paths.user, login("of-the-user"));
    const token = await provider({ env: { HOME: home }, sessions: false }).token();
    expect(token.source).toBe(`file ${paths.user}`);
  });

  it("reads the user's directory from DX_USER_CONF_DIR, with the home directory for ~", async () => {
    const { home, paths, provider, write } = createSandbox();
    write(paths.user, login("of-the-user"));
    const elsewhere = write(join(home, "dx", "environment.json"), login("elsewhere"));
    for (const DX_USER_CONF_DIR of [join(home, "dx"), "~/dx"]) {
      const token = await provider({ env: { HOME: home, DX_USER_CONF_DIR } }).token();
      expect(token.source).toBe(`file ${elsewhere}`);
    }
  });

  it("does not look in the real home directory for an environment of the caller's own", async () => {
    const { provider } = createSandbox();
    const { attempts } = await provider({ env: {} }).explain();
    expect(attempts.map(({ reason }) => reason)).toContain("HOME is not set");
  });

  it("says how to log in where no place has a token", async () => {
    const { home, provider } = createSandbox();
    await expect(provider({ env: { HOME: home } }).token()).rejects.toMatchObject({
      code: "AUTH_TOKEN_NOT_FOUND",
      remedy: expect.stringMatching(
        /^Run dx login, or set DX_SECURITY_CONTEXT to .*, or log in with login\(\) .*platform\.dnanexus\.com/,
      ),
    });
  });

  it("takes a PUBLIC context in the environment for logged out, in spite of a saved login", async () => {
    const { home, paths, provider, write } = createSandbox();
    write(paths.user, login("of-the-user"));
    const auth = provider({ env: { HOME: home, ...loggedOut } });
    await expect(auth.token()).rejects.toMatchObject({
      code: "AUTH_TOKEN_NOT_FOUND",
      message: expect.stringContaining("holds the PUBLIC context, which means logged out"),
      remedy: expect.stringContaining("Unset DX_SECURITY_CONTEXT to use the saved login"),
    });
    const { attempts } = await auth.explain();
    expect(attempts.map(({ outcome }) => outcome)).toEqual(Array(4).fill("unavailable"));
    expect(attempts[2]?.reason).toBe(`file ${paths.user} is not looked at: env DX_SECURITY_CONTEXT decides`);
  });

  it.each([
    ["a PUBLIC context", loggedOut],
    ["null", { DX_SECURITY_CONTEXT: null }],
  ])("ends with %s in a file, in spite of a login below it", async (_, content) => {
    const { home, paths, provider, write } = createSandbox();
    write(paths.session, content);
    write(paths.user, login("of-the-user"));
    await expect(provider({ env: { HOME: home } }).token()).rejects.toMatchObject({
      code: "AUTH_TOKEN_NOT_FOUND",
      message: expect.stringContaining(paths.session),
      remedy: expect.stringContaining("Run dx login."),
    });
    const env = { HOME: home, DX_SECURITY_CONTEXT: context("of-the-environment") };
    expect((await provider({ env }).token()).source).toBe("env DX_SECURITY_CONTEXT");
  });

  it.each([
    ["a context that is not JSON", "not json"],
    ["a context of another type", '{"auth_token":"x","auth_token_type":"Basic"}'],
    ["a context without a token", "{}"],
  ])("fails for %s in the environment, and takes no other login", async (_, text) => {
    const { home, paths, provider, write } = createSandbox();
    write(paths.user, login("of-the-user"));
    await expect(provider({ env: { HOME: home, DX_SECURITY_CONTEXT: text } }).token()).rejects.toMatchObject({
      code: "AUTH_TOKEN_SOURCE_FAILED",
      message: expect.stringContaining("env DX_SECURITY_CONTEXT cannot be used, since the security context"),
      remedy: expect.stringContaining("Set DX_SECURITY_CONTEXT to"),
    });
  });

  it("fails for a context in a file that is broken, with the file", async () => {
    const { home, paths, provider, write } = createSandbox();
    const env = { HOME: home };
    write(paths.user, { DX_SECURITY_CONTEXT: { auth_token: "x", auth_token_type: "Bearer" } });
    const failed = { code: "AUTH_TOKEN_SOURCE_FAILED", message: expect.stringContaining(paths.user) };
    await expect(provider({ env }).token()).rejects.toMatchObject(failed);
    write(paths.user, { DX_SECURITY_CONTEXT: "x" });
    await expect(provider({ env }).token()).rejects.toMatchObject({
      ...failed,
      remedy: expect.stringContaining("Run dx login"),
    });
  });

  it("sees a new login when it is asked again", async () => {
    const { home, paths, provider, write } = createSandbox();
    write(paths.user, login("old"));
    const auth = provider({ env: { HOME: home } });
    expect((await auth.token()).reveal()).toBe("old");
    write(paths.user, login("new"));
    expect((await auth.token()).reveal()).toBe("old");
    expect((await auth.token({ refresh: true })).reveal()).toBe("new");
  });
});
