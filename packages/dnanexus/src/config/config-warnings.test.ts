import { chownSync, mkdirSync, symlinkSync } from "node:fs";
import { dirname } from "node:path";
import process from "node:process";

import { describe, expect, it } from "vitest";

import { context, createSandbox, login } from "../fixtures/sandbox.ts";

const address = {
  DX_APISERVER_PROTOCOL: "https",
  DX_APISERVER_HOST: "api.example.com",
  DX_APISERVER_PORT: "8443",
};
const production = {
  DX_APISERVER_PROTOCOL: "https",
  DX_APISERVER_HOST: "api.dnanexus.com",
  DX_APISERVER_PORT: "443",
};

describe("a server that another place names than the token's", () => {
  it("is a warning where a file names it and the environment has the token", async () => {
    const { home, paths, provider, write } = createSandbox();
    write(paths.machine, { DX_APISERVER_HOST: "api.example.com" }, 0o644);
    const env = { HOME: home, DX_SECURITY_CONTEXT: context("t") };
    expect((await provider({ env }).explain()).warnings).toEqual([
      `The token from env DX_SECURITY_CONTEXT goes to https://api.example.com, a server that another place names (DX_APISERVER_HOST in file ${paths.machine}): make sure that it is meant for it.`,
    ]);
  });

  it("is a warning where the environment names it and a file has the token", async () => {
    const { home, paths, provider, write } = createSandbox();
    write(paths.user, login("t"));
    const { warnings } = await provider({
      env: { HOME: home, DX_APISERVER_HOST: "api.example.com" },
    }).explain();
    expect(warnings).toEqual([expect.stringContaining(`(env DX_APISERVER_HOST)`)]);
  });

  it("is a warning where the program gives the token", async () => {
    const { home, provider } = createSandbox();
    const { warnings } = await provider({ token: "t", env: { HOME: home, ...address } }).explain();
    expect(warnings).toEqual([
      expect.stringContaining("The token from option token goes to https://api.example.com:8443"),
    ]);
  });

  it.each([
    ["one place has both", { ...address, DX_SECURITY_CONTEXT: context("t") }, {}],
    ["a file spells out the service's own address", { DX_SECURITY_CONTEXT: context("t") }, production],
    ["nobody is logged in", address, {}],
  ])("is none where %s", async (_, variables, saved) => {
    const { home, paths, provider, write } = createSandbox();
    write(paths.user, saved);
    expect((await provider({ env: { HOME: home, ...variables } }).explain()).warnings).toEqual([]);
  });

  it("is none where the token's own file names the same server as the environment", async () => {
    const { home, paths, provider, write } = createSandbox();
    write(paths.user, login("t", { ...address, DX_APISERVER_HOST: "API.example.com" }));
    const env = { HOME: home, ...address };
    expect((await provider({ env }).explain()).warnings).toEqual([]);
    const elsewhere = await provider({ env: { ...env, DX_APISERVER_PORT: "9443" } }).explain();
    expect(elsewhere.warnings).toEqual([expect.stringContaining("(env DX_APISERVER_PORT)")]);
  });

  it("is none where the program itself gives the address", async () => {
    const { home, paths, provider, write } = createSandbox();
    write(paths.user, login("t", address));
    const auth = provider({ baseUrl: "https://proxy.example", env: { HOME: home } });
    expect((await auth.explain()).warnings).toEqual([]);
    expect(auth.origins).toEqual(["https://proxy.example"]);
  });
});

describe("a broken file", () => {
  it("fails the setup where the address would have come from it", async () => {
    const { home, paths, provider, write } = createSandbox();
    write(paths.user, "{ broken");
    const auth = provider({ env: { HOME: home, DX_SECURITY_CONTEXT: context("t") } });
    const failed = {
      code: "AUTH_TOKEN_SOURCE_FAILED",
      message: expect.stringContaining(
        `The file ${paths.user} is not JSON; the server's address is read from it.`,
      ),
      remedy: `Repair ${paths.user}, or remove it and run dx login, or pass the option baseUrl.`,
    };
    expect(() => auth.baseUrl).toThrow(expect.objectContaining(failed));
    await expect(auth.verify()).rejects.toMatchObject(failed);
    expect(await auth.explain()).toMatchObject({
      outcome: "failed",
      attempts: [{ source: `file ${paths.user}`, outcome: "failed" }],
      error: { code: "AUTH_TOKEN_SOURCE_FAILED" },
    });
    write(paths.user, {});
    expect(auth.baseUrl).toBe("https://api.dnanexus.com");
  });

  it("fails where a part of the address in it is no text", () => {
    const { home, paths, provider, write } = createSandbox();
    write(paths.user, { DX_APISERVER_HOST: ["api.example.com"] });
    expect(() => provider({ env: { HOME: home } }).baseUrl).toThrow(
      /DX_APISERVER_HOST would come from .* not a text/,
    );
  });

  it("fails where the token would have come from it", async () => {
    const { home, paths, provider, write } = createSandbox();
    write(paths.user, "{ broken");
    await expect(provider({ env: { HOME: home, ...address } }).token()).rejects.toMatchObject({
      code: "AUTH_TOKEN_SOURCE_FAILED",
      message: expect.stringContaining(`file ${paths.user} cannot be used, since it is not JSON.`),
      remedy: `Repair ${paths.user}, or remove it and run dx login.`,
    });
  });

  it("is a warning where nothing would have come from it", async () => {
    const { home, paths, provider, write } = createSandbox();
    write(paths.user, "{ broken");
    const warning = `file ${paths.user} takes no part, and it is not JSON. Repair ${paths.user}, or remove it and run dx login.`;
    const env = { HOME: home, ...address, DX_SECURITY_CONTEXT: context("t") };
    expect(await provider({ env }).explain()).toMatchObject({ outcome: "found", warnings: [warning] });
    const given = provider({ token: "t", baseUrl: "https://proxy.example", env: { HOME: home } });
    expect(await given.explain()).toMatchObject({ outcome: "found", warnings: [warning] });
  });
});

describe("other warnings", () => {
  it("name a second login that is not used, and files that others may read", async () => {
    const { home, paths, provider, write } = createSandbox();
    write(paths.user, login("another"), 0o644);
    const { warnings } = await provider({ env: { HOME: home, DX_SECURITY_CONTEXT: context("t") } }).explain();
    expect(warnings).toEqual([
      `${paths.user} is open to other users (mode 644): run chmod 600 ${paths.user}.`,
      `file ${paths.user} holds another token, which is not used: env DX_SECURITY_CONTEXT comes first.`,
    ]);
  });

  it("name a job's id that looks like none, and a job's plain-http server", async () => {
    const { provider } = createSandbox();
    const env = {
      DX_JOB_ID: "job-BBBBBBBBBBBBBBBBBBBBBBBB",
      DX_SECURITY_CONTEXT: context("t"),
      DX_APISERVER_PROTOCOL: "http",
      DX_APISERVER_HOST: "10.0.3.1",
      DX_APISERVER_PORT: "8124",
    };
    expect((await provider({ env }).explain()).warnings).toEqual([
      "The job's API server is http://10.0.3.1:8124, plain http: everything on its network can read the token.",
    ]);
    const named = { ...env, DX_JOB_ID: "foobar", DX_APISERVER_PROTOCOL: "https" };
    expect((await provider({ env: named }).explain()).warnings).toEqual([
      "DX_JOB_ID is not a valid job ID; this is treated as a job all the same.",
    ]);
  });
});

describe.runIf(process.getuid?.() === 0)("a file of another user's", () => {
  const foreign = (path: string): string => {
    chownSync(path, 12_345, 12_345);
    return path;
  };

  it.each(["user", "session", "machine"] as const)(
    "names no server for a token from elsewhere, and gives none: %s",
    async (kind) => {
      const { home, paths, provider, write } = createSandbox();
      foreign(write(paths[kind], login("t", address)));
      const failed = {
        code: "AUTH_TOKEN_SOURCE_FAILED",
        message: expect.stringContaining("belongs to another user"),
        remedy: expect.stringContaining(kind === "machine" ? "Have root own" : "chown 0"),
      };
      const env = { HOME: home, DX_SECURITY_CONTEXT: context("mine") };
      expect(() => provider({ env }).baseUrl).toThrow(expect.objectContaining(failed));
      expect(() => provider({ env: { HOME: home }, token: "mine" }).baseUrl).toThrow(
        expect.objectContaining(failed),
      );
      await expect(provider({ env: { HOME: home, ...address } }).token()).rejects.toMatchObject(failed);
    },
  );

  it("is no better where only its directory is another user's, who can put a link there", async () => {
    const { home, paths, provider, write } = createSandbox();
    const downloaded = write(`${home}/downloaded.json`, address);
    mkdirSync(dirname(paths.user), { recursive: true });
    symlinkSync(downloaded, paths.user);
    chownSync(dirname(paths.user), 12_345, 12_345);
    const auth = provider({ env: { HOME: home, DX_SECURITY_CONTEXT: context("mine") } });
    expect(() => auth.baseUrl).toThrow(
      expect.objectContaining({
        code: "AUTH_TOKEN_SOURCE_FAILED",
        message: expect.stringContaining("is in a directory of another user's"),
        remedy: expect.stringContaining(`chown 0 ${dirname(paths.user)}`),
      }),
    );
  });

  it("is a warning where nothing would have come from it, whatever leads to it", async () => {
    const { home, paths, provider, write } = createSandbox();
    const target = foreign(write(`${home}/elsewhere.json`, login("t", address)));
    mkdirSync(dirname(paths.user), { recursive: true });
    symlinkSync(target, paths.user);
    const env = { HOME: home, ...address, DX_SECURITY_CONTEXT: context("mine") };
    expect(await provider({ env }).explain()).toMatchObject({
      outcome: "found",
      warnings: [
        expect.stringMatching(/takes no part, and it belongs to another user\. Run this as that user/),
      ],
    });
  });
});
