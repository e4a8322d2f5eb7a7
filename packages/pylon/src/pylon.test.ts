import { describe, expect, it, vi } from "vitest";

import { canary, fakePylon, fetchFrom } from "./fixtures/pylon-on-loopback.ts";
import { pylon, type PylonOptions } from "./index.ts";

const other = "canary-pylon-other-8c2d";

describe("pylon", () => {
  it("reads no variable when it is imported or called, but at its first use", async () => {
    const read: string[] = [];
    const environment = process.env;
    const record = (name: string | symbol): void => {
      if (String(name).startsWith("PYLON_")) read.push(String(name));
    };
    process.env = new Proxy(environment, {
      get: (target, name) => (record(name), Reflect.get(target, name)),
      getOwnPropertyDescriptor: (target, name) => (
        record(name),
        Reflect.getOwnPropertyDescriptor(target, name)
      ),
    });
    try {
      vi.resetModules();
      const fresh = await import("./index.ts");
      const auth = fresh.pylon();
      expect(read).toEqual([]);
      expect(auth.baseUrl).toMatch(/^https:/);
      expect(read).toContain("PYLON_REGION");
    } finally {
      process.env = environment;
    }
  });

  it("says who it is without being used", () => {
    const { id, name, tokenUrl } = pylon;
    expect({ id, name, tokenUrl }).toEqual({
      id: "pylon",
      name: "Pylon",
      tokenUrl: "https://app.usepylon.com/settings/api-tokens",
    });
  });

  it.each<[string, PylonOptions, Record<string, string>, string, string]>([
    ["the US", {}, {}, "https://api.usepylon.com", "https://app.usepylon.com/settings/api-tokens"],
    [
      "the EU by option",
      { region: "eu" },
      {},
      "https://api.eu.usepylon.com",
      "https://app.eu.usepylon.com/settings/api-tokens",
    ],
    [
      "the EU by environment",
      {},
      { PYLON_REGION: "EU " },
      "https://api.eu.usepylon.com",
      "https://app.eu.usepylon.com/settings/api-tokens",
    ],
  ])("sends the token to %s and to nothing else", async (_, options, env, origin, tokenUrl) => {
    const auth = pylon({ ...options, env, token: canary });
    expect(auth.baseUrl).toBe(origin);
    expect(auth.origins).toEqual([origin]);
    expect(auth.provider.tokenUrl).toBe(tokenUrl);
    expect(await auth.headers(`${origin}/issues`)).toEqual({ authorization: `Bearer ${canary}` });
    const [elsewhere] = ["https://api.usepylon.com", "https://api.eu.usepylon.com"].filter(
      (one) => one !== origin,
    );
    for (const url of [
      `${elsewhere}/me`,
      `${origin}:8443/me`,
      `${origin}.evil.example/`,
      "https://assets.usepylon.com/a",
    ]) {
      expect(await auth.headers(url)).toEqual({});
    }
  });

  it("reports an unknown region as a broken option, with what to set", async () => {
    const auth = pylon({ env: { PYLON_REGION: "mars" }, token: canary });
    await expect(auth.verify()).rejects.toMatchObject({
      code: "AUTH_PROVIDER_INVALID",
      provider: "pylon",
      message: expect.stringContaining("PYLON_REGION"),
      remedy: "Set PYLON_REGION to us or eu, or unset it.",
    });
    expect(await auth.explain()).toMatchObject({
      outcome: "failed",
      error: { code: "AUTH_PROVIDER_INVALID" },
    });
  });

  it.each([
    ["the option", canary, { PYLON_API_TOKEN: other, PYLON_API_KEY: other }, "option token"],
    [
      "PYLON_API_TOKEN",
      undefined,
      { PYLON_API_TOKEN: ` ${canary}\n`, PYLON_API_KEY: other },
      "env PYLON_API_TOKEN",
    ],
    ["PYLON_API_KEY", undefined, { PYLON_API_KEY: canary }, "env PYLON_API_KEY"],
    [
      "PYLON_API_KEY, where PYLON_API_TOKEN is blank",
      undefined,
      { PYLON_API_TOKEN: " \n", PYLON_API_KEY: canary },
      "env PYLON_API_KEY",
    ],
    ["PYLON_API_TOKEN, where the option is blank", " ", { PYLON_API_TOKEN: canary }, "env PYLON_API_TOKEN"],
  ])("takes the token of %s", async (_, token, env, source) => {
    const found = await pylon({ token, env }).token();
    expect(found.source).toBe(source);
    expect(found.reveal() === canary).toBe(true);
  });

  it("names both variables and the region's page where there is no token", async () => {
    const error = {
      code: "AUTH_TOKEN_NOT_FOUND",
      message: expect.stringMatching(/PYLON_API_TOKEN.*PYLON_API_KEY/),
    };
    await expect(pylon({ env: {} }).token()).rejects.toMatchObject({
      ...error,
      remedy: expect.stringContaining("https://app.usepylon.com/settings/api-tokens"),
    });
    await expect(pylon({ env: {}, region: "eu" }).token()).rejects.toMatchObject({
      ...error,
      remedy: expect.stringContaining("https://app.eu.usepylon.com/settings/api-tokens"),
    });
  });

  it("has the region that baseUrl is the address of, and warns where the option says another", async () => {
    const baseUrl = "https://api.eu.usepylon.com";
    const auth = pylon({ baseUrl, env: {}, token: canary });
    expect(auth.provider.tokenUrl).toBe("https://app.eu.usepylon.com/settings/api-tokens");
    expect((await auth.explain()).warnings).toEqual([]);
    const { warnings } = await pylon({ baseUrl, region: "us", env: {}, token: canary }).explain();
    expect(warnings).toEqual(["The region is us, and the option baseUrl is the address of eu."]);
  });

  it("keeps the region's page where requests go to a proxy", () => {
    const auth = pylon({ baseUrl: "https://proxy.example/pylon/", region: "eu", env: {} });
    expect(auth.origins).toEqual(["https://proxy.example"]);
    expect(auth.provider.tokenUrl).toBe("https://app.eu.usepylon.com/settings/api-tokens");
  });
});

describe("verify", () => {
  it("gives the organization and its token's user, and Pylon's id for the answer", async () => {
    const fake = await fakePylon();
    const { identity, token, requestId } = await pylon({
      baseUrl: fake.url,
      env: { PYLON_API_KEY: canary },
    }).verify();
    expect(identity).toEqual({
      kind: "organization",
      id: "5f0c2c1e-7d0e-4c2b-9a55-0d3b8f6f2a10",
      label: "Acme Support",
      user: { id: "0b6d7d0a-5f7e-4a52-8d1c-6a1d2f6f0c33" },
    });
    expect(token.source).toBe("env PYLON_API_KEY");
    expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(fake.requests).toHaveLength(1);
    expect(fake.requests[0]).toMatchObject({
      method: "GET",
      url: "/me",
      headers: { authorization: `Bearer ${canary}` },
    });
  });

  it("gives the organization alone where Pylon does not tell the user", async () => {
    const fake = await fakePylon({ user: false });
    const { identity } = await pylon({ baseUrl: fake.url, token: canary }).verify();
    expect(Object.keys(identity)).toEqual(["kind", "id", "label"]);
  });

  it("asks the region's own host", async () => {
    const fake = await fakePylon({ tokens: { [canary]: { region: "eu" } } });
    await pylon({ region: "eu", token: canary, fetch: fetchFrom(fake) }).verify();
    expect(fake.requests.map(({ region }) => region)).toEqual(["eu"]);
  });
});
