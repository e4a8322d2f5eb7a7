import { once } from "node:events";
import { existsSync } from "node:fs";
import { request } from "node:http";
import { type AddressInfo, createServer } from "node:net";

import { describe, expect, it, vi } from "vitest";

import { browse, browserLogin, failure, secret } from "../fixtures/browser-login.ts";
import type { BrowserLoginOptions } from "./login-with-browser.ts";

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
    ["another path", "another path", (address) => (address.pathname = "/elsewhere")],
    ["no code", "a code that can be used", ({ searchParams }) => searchParams.set("code", "")],
    ["two codes", "a code that can be used", ({ searchParams }) => searchParams.append("code", "x")],
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
    const shown = Promise.withResolvers<string>();
    const error = await failure(
      login({ open: async (page) => shown.resolve((await open(page)).text) }),
      code,
    );
    expect(error).toMatchObject({
      code: "AUTH_LOGIN_FAILED",
      message: expect.stringContaining(problem),
      remedy: expect.stringMatching(/^(?:Start|Give|Check) .+\.$/),
    });
    expect(fake.requests).toEqual([]);
    expect(existsSync(paths.user)).toBe(false);
    expect(await shown.promise).toContain("did not succeed");
    expect(await shown.promise).not.toMatch(/canary|unauthorized/);
  });

  it.each<[string, Partial<BrowserLoginOptions>, (address: URL, state: string) => void]>([
    ["another state", {}, ({ searchParams }) => searchParams.set("state", "guessed")],
    ["an empty state", {}, ({ searchParams }) => searchParams.set("state", "")],
    ["no state", {}, ({ searchParams }) => searchParams.delete("state")],
    ["two states", {}, ({ searchParams }, state) => searchParams.append("state", state)],
    [
      "another state and an error",
      {},
      ({ searchParams }) => {
        searchParams.set("state", "guessed");
        searchParams.set("error", "access_denied");
      },
    ],
    [
      "no state, at another path",
      { allowMissingState: true },
      (address) => {
        address.searchParams.delete("state");
        address.pathname = "/elsewhere";
      },
    ],
    [
      "another state where none is needed",
      { allowMissingState: true },
      ({ searchParams }) => searchParams.set("state", "guessed"),
    ],
  ])("goes on waiting when any page sends a browser with %s", async (_, options, change) => {
    const { fake, login } = await browserLogin();
    const stray = comingBack((address, state) => {
      address.searchParams.set("code", "strange");
      address.searchParams.set("state", state);
      change(address, state);
    });
    const shown: Awaited<ReturnType<typeof browse>>[] = [];
    const open = async (page: string): Promise<void> => {
      shown.push(await stray(page), await browse(page), await stray(page).catch(() => browse("data:,")));
    };
    expect((await login({ open, ...options })).identity.id).toBe("user-alice");
    expect([shown[0]?.status, shown[1]?.status]).toEqual([400, 200]);
    expect(shown[0]?.text).toContain("not the answer");
    const exchanges = fake.requests.filter(({ path }) => path === "/oauth2/token");
    expect(exchanges).toHaveLength(1);
    expect(exchanges[0]?.body).not.toContain("strange");
  });

  it("says at the end what it saw in the place of the answer", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      for (const [change, remedy] of [
        [({ searchParams }: URL) => searchParams.delete("state"), "allowMissingState: true"],
        [({ searchParams }: URL) => searchParams.set("state", "guessed"), "waitMs"],
      ] as const) {
        const { login } = await browserLogin();
        const open = async (page: string): Promise<void> => {
          await comingBack((address) => {
            address.searchParams.set("code", "x");
            change(address);
          })(page);
          vi.advanceTimersByTime(300_000);
        };
        expect(await failure(login({ open }))).toMatchObject({
          code: "AUTH_LOGIN_FAILED",
          message: expect.stringMatching(/within 5 min; a browser came with(?:out the| another) state/),
          remedy: expect.stringContaining(remedy),
        });
      }
    } finally {
      vi.useRealTimers();
    }
  });

  it("takes a code without state where the program allows it", async () => {
    const { fake, login } = await browserLogin();
    const open = async (page: string): Promise<void> => {
      const { headers } = await fetch(page, { redirect: "manual" });
      const address = new URL(headers.get("location") ?? "");
      address.searchParams.delete("state");
      await browse(address.href);
    };
    expect((await login({ open, allowMissingState: true })).identity.id).toBe("user-alice");
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
