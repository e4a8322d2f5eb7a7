import { describe, expect, it } from "vitest";

import { canary, context, createSandbox, fakeDNAnexus, login } from "../fixtures/sandbox.ts";

const alsoRead = ["DX_AUTH_TOKEN", "DX_API_TOKEN"] as const;

describe("the variables of other programs", () => {
  it("are not read unless asked for, and an explanation says so", async () => {
    const { home, provider } = createSandbox();
    const auth = provider({ env: { HOME: home, DX_API_TOKEN: canary, DX_AUTH_TOKEN: " " } });
    await expect(auth.token()).rejects.toMatchObject({
      code: "AUTH_TOKEN_NOT_FOUND",
      remedy: expect.stringMatching(
        /^Pass alsoRead: \["DX_API_TOKEN"\] to use the token in DX_API_TOKEN, run dx login, or set DX_SECURITY_CONTEXT/,
      ),
    });
    expect((await auth.explain()).warnings).toEqual([
      'env DX_API_TOKEN is set and not read, as in the toolkit: pass alsoRead: ["DX_API_TOKEN"] to use it.',
    ]);
  });

  it("stand behind DX_SECURITY_CONTEXT and before the saved logins", async () => {
    const { home, paths, provider, write } = createSandbox();
    write(paths.user, login("saved"));
    const env: Record<string, string> = {
      HOME: home,
      DX_SECURITY_CONTEXT: context("first"),
      DX_API_TOKEN: "second",
      DX_AUTH_TOKEN: "third",
    };
    const found = async (): Promise<string> => (await provider({ env, alsoRead }).token()).reveal();
    for (const name of ["DX_SECURITY_CONTEXT", "DX_API_TOKEN", "DX_AUTH_TOKEN"]) {
      expect(await found()).toBe(
        { DX_SECURITY_CONTEXT: "first", DX_API_TOKEN: "second", DX_AUTH_TOKEN: "third" }[name],
      );
      env[name] = "";
    }
    expect(await found()).toBe("saved");
  });

  it("are for the server that the environment names, without a warning", async () => {
    const fake = await fakeDNAnexus();
    const env = { ...fake.environment(), DX_API_TOKEN: canary };
    const auth = createSandbox().provider({ env, alsoRead });
    expect((await auth.verify()).token.source).toBe("env DX_API_TOKEN");
    expect((await auth.explain()).warnings).toEqual([]);
  });

  it("do not undo a logout in the environment, and can be logged out themselves", async () => {
    const { home, provider } = createSandbox();
    const env = { HOME: home, DX_SECURITY_CONTEXT: context("PUBLIC"), DX_API_TOKEN: canary };
    await expect(provider({ env, alsoRead }).token()).rejects.toMatchObject({ code: "AUTH_TOKEN_NOT_FOUND" });
    const none = { HOME: home, DX_API_TOKEN: "PUBLIC" };
    await expect(provider({ env: none, alsoRead }).token()).rejects.toMatchObject({
      message: expect.stringContaining("env DX_API_TOKEN holds PUBLIC"),
    });
  });

  it("are refused where they are others", () => {
    const options: object = { env: {}, alsoRead: ["PATH"] };
    expect(() => createSandbox().provider(options).baseUrl).toThrow(/alsoRead names another variable/);
  });
});

describe("DX_USER_CONF_DIR", () => {
  it("is said to be no directory where it is none", async () => {
    const { home, provider, write } = createSandbox();
    const file = write(`${home}/file`, "");
    const { attempts, warnings } = await provider({ env: { HOME: home, DX_USER_CONF_DIR: file } }).explain();
    const reason = `DX_USER_CONF_DIR names ${file}, which is not a directory`;
    expect(attempts.map((attempt) => attempt.reason)).toContain(reason);
    expect(warnings).toEqual([`${reason}: no login is read there.`]);
  });
});

describe("plain http for a real host", () => {
  it("is refused with the name and its place", () => {
    const { home, paths, provider, write } = createSandbox();
    write(paths.user, { DX_APISERVER_PROTOCOL: "http" });
    expect(() => provider({ env: { HOME: home } }).baseUrl).toThrow(
      expect.objectContaining({
        code: "AUTH_PROVIDER_INVALID",
        message: expect.stringContaining(`DX_APISERVER_PROTOCOL in file ${paths.user}`),
        remedy: expect.stringContaining("https"),
      }),
    );
    const allowed = provider({ env: { HOME: home }, allowInsecureHttp: true });
    expect(allowed.baseUrl).toBe("http://api.dnanexus.com");
  });
});
