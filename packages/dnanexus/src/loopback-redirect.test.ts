import { once } from "node:events";
import { existsSync } from "node:fs";
import { request } from "node:http";
import { type AddressInfo, createServer } from "node:net";

import { describe, expect, it } from "vitest";

import { browse, browserLogin, failure, secret } from "./fixtures/browser-login.ts";

/** A browser that is sent back by something else than the service. */
function comingBack(
  change: (address: URL, state: string) => void,
): (page: string) => Promise<{ status: number; headers: Headers; text: string }> {
  return (page) => {
    const { searchParams } = new URL(page);
    const address = new URL(searchParams.get("redirect_uri") ?? "");
    change(address, searchParams.get("state") ?? "");
    return browse(address.href);
  };
}

describe("a login that waits for the browser", () => {
  it.each<[string, string, (address: URL, state: string) => void]>([
    ["another state", "another state", ({ searchParams }) => searchParams.set("state", "guessed")],
    ["no state", "without the state", ({ searchParams }) => searchParams.delete("state")],
    ["two states", "another state", ({ searchParams }, state) => searchParams.append("state", state)],
    ["another path", "another path", (address) => (address.pathname = "/elsewhere")],
    ["no code", "a code that is none", ({ searchParams }) => searchParams.set("code", "")],
    ["two codes", "a code that is none", ({ searchParams }) => searchParams.append("code", "x")],
    [
      "an error of its own",
      "refused the login.",
      ({ searchParams }) => searchParams.set("error", `<${secret}>`),
    ],
    [
      "an unknown client",
      "(unauthorized_client)",
      ({ searchParams }) => searchParams.set("error", "unauthorized_client"),
    ],
  ])("exchanges no code when the browser comes back with %s", async (_, problem, change) => {
    const { fake, login, paths } = await browserLogin();
    const code = "canary-dnanexus-aa11bb22cc33dd44";
    const open = comingBack((address, state) => {
      address.searchParams.set("code", code);
      address.searchParams.set("state", state);
      change(address, state);
    });
    const pages: string[] = [];
    const error = await failure(login({ open: async (page) => pages.push((await open(page)).text) }), code);
    expect(error).toMatchObject({
      code: "AUTH_LOGIN_FAILED",
      message: expect.stringContaining(problem),
      remedy: expect.stringMatching(/^(?:Start|Give|Check) .+\.$/),
    });
    expect(fake.requests).toEqual([]);
    expect(existsSync(paths.user)).toBe(false);
    await expect.poll(() => pages).toEqual([expect.stringContaining("did not succeed")]);
    expect(pages.join()).not.toMatch(/canary|unauthorized/);
  });

  it("takes a code without state where the program allows it, and never one with another", async () => {
    const { fake, login } = await browserLogin();
    const signingIn =
      (change: (address: URL) => void) =>
      async (page: string): Promise<void> => {
        const { headers } = await fetch(page, { redirect: "manual" });
        const address = new URL(headers.get("location") ?? "");
        change(address);
        await browse(address.href);
      };
    const without = signingIn(({ searchParams }) => searchParams.delete("state"));
    expect(await failure(login({ open: without }))).toMatchObject({
      code: "AUTH_LOGIN_FAILED",
      remedy: expect.stringContaining("allowMissingState: true"),
    });
    const { identity } = await login({ open: without, allowMissingState: true });
    expect(identity.id).toBe("user-alice");
    const open = signingIn(({ searchParams }) => searchParams.set("state", "guessed"));
    expect(await failure(login({ open, allowMissingState: true }))).toMatchObject({
      code: "AUTH_LOGIN_FAILED",
      message: expect.stringContaining("another state"),
    });
    expect(fake.requests.filter(({ path }) => path === "/oauth2/token")).toHaveLength(1);
  });

  it("goes on waiting where something asks for something else", async () => {
    const { login } = await browserLogin();
    const statuses: number[] = [];
    const open = async (page: string): Promise<void> => {
      const address = new URL(new URL(page).searchParams.get("redirect_uri") ?? "");
      const ask = async (path: string, init?: RequestInit): Promise<void> => {
        statuses.push((await fetch(new URL(path, address), init)).status);
      };
      await ask("/favicon.ico");
      await ask("/callback");
      await ask("/callback?code=x", { method: "POST" });
      // A name of somebody else's that leads to this machine.
      const foreign = request(`${address.href}?code=x&state=x`, { headers: { host: "evil.example" } }).end();
      const [response] = (await once(foreign, "response")) as [{ statusCode: number; resume: () => void }];
      response.resume();
      statuses.push(response.statusCode);
      await browse(page);
    };
    expect((await login({ open })).identity.id).toBe("user-alice");
    expect(statuses).toEqual([404, 404, 405, 421]);
  });

  it("ends when a browser comes back twice, before anything is saved", async () => {
    const { login, paths, fake } = await browserLogin();
    let address = "";
    const sending: typeof fetch = async (input, init) => {
      // The code is on its way to be exchanged, and its address is opened again.
      if (address !== "") await fetch(address);
      return fetch(input, init);
    };
    const open = async (page: string): Promise<void> => {
      const response = await fetch(page, { redirect: "manual" });
      address = response.headers.get("location") ?? "";
      await fetch(address);
    };
    expect(await failure(login({ open, fetch: sending }))).toMatchObject({
      code: "AUTH_LOGIN_FAILED",
      message: expect.stringContaining("came back twice"),
      remedy: "Start the login again, and open its page once.",
    });
    expect(existsSync(paths.user)).toBe(false);
    expect(fake.requests.some(({ path }) => path === "/system/whoami")).toBe(false);
  });

  it("ends when nobody comes back in time", async () => {
    const { login } = await browserLogin();
    expect(await failure(login({ open: () => undefined, waitMs: 20 }))).toMatchObject({
      code: "AUTH_LOGIN_FAILED",
      message: expect.stringContaining("Nobody came back from the login page within 20 ms"),
      remedy: expect.stringContaining("waitMs"),
    });
  });

  it.each(["localhost", "[::1]"])("listens for a browser that comes back to %s", async (host) => {
    const redirectUri = `http://${host}:0/callback`;
    const { login, fake } = await browserLogin({ clients: { partner: { redirectUris: [redirectUri] } } });
    expect((await login({ redirectUri })).identity.id).toBe("user-alice");
    const { searchParams } = new URL(fake.requests[0]?.url ?? "", fake.url);
    expect(new URL(searchParams.get("redirect_uri") ?? "").hostname).toBe(host);
  });

  it("says so when the port is taken, before anything is opened", async () => {
    const { login } = await browserLogin();
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const { port } = taken.address() as AddressInfo;
    const opened: string[] = [];
    const open = (page: string): void => void opened.push(page);
    const error = await failure(login({ redirectUri: `http://127.0.0.1:${port}/callback`, open }));
    taken.close();
    expect(error).toMatchObject({
      code: "AUTH_PROVIDER_INVALID",
      message: expect.stringContaining("the port of redirectUri is taken"),
      remedy: "End that program, or register an address with another port.",
    });
    expect(opened).toEqual([]);
  });
});
