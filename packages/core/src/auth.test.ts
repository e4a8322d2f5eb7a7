import { inspect } from "node:util";

import { expect, it, vi } from "vitest";

import { acmeAt, canary, serve } from "./fixtures/acme.ts";
import { basic, defineProvider, header } from "./index.ts";

it("gives the headers that a URL may carry, and none for any other", async () => {
  const auth = acmeAt("https://api.acme.example")({ token: canary });
  const carried = { authorization: `Bearer ${canary}` };
  for (const url of [
    "/x",
    "https://api.acme.example/x",
    new URL("https://api.acme.example"),
    "HTTPS://api.acme.example:443",
  ]) {
    expect(await auth.headers(url)).toEqual(carried);
  }
  for (const url of [
    "//evil.example/x",
    "/\\evil.example",
    "https://evil.example/",
    "https://api.acme.example.evil.example/",
    "https://api.acme.example@evil.example/",
    "http://api.acme.example/",
    "https://api.acme.example:8443/",
    "https://",
    "data:text/plain,x",
  ]) {
    expect(await auth.headers(url)).toEqual({});
  }
});

it("asks no source for the headers of a foreign URL", async () => {
  const find = vi.fn(() => canary);
  await acmeAt("https://api.acme.example")({ token: find }).headers("https://evil.example");
  expect(find).not.toHaveBeenCalled();
});

it("gives headers that the caller may change without changing the next ones", async () => {
  const auth = acmeAt("https://api.acme.example", { inject: header("x-key") })({ token: canary });
  const first = await auth.headers("/x");
  first["x-key"] = "changed";
  expect(await auth.headers("/x")).toEqual({ "x-key": canary });
});

it("asks the sources anew on token({ refresh: true }) and after reject(), and not after a late one", async () => {
  let next = 0;
  const auth = acmeAt("https://api.acme.example")({ token: () => `token-${next++}` });
  const first = await auth.token();
  expect((await auth.token()).reveal()).toBe("token-0");
  expect((await auth.token({ refresh: true })).reveal()).toBe("token-1");
  auth.reject(first);
  expect((await auth.token()).reveal()).toBe("token-1");
  auth.reject(await auth.token());
  expect((await auth.token()).reveal()).toBe("token-2");
  auth.reject();
  expect((await auth.token()).reveal()).toBe("token-3");
});

it("is printed without being brought to life", () => {
  const setup = vi.fn();
  const auth = defineProvider({ specVersion: 1, id: "acme", name: "Acme", setup })({ token: canary });
  expect(JSON.parse(JSON.stringify(auth))).toEqual({ provider: { id: "acme", name: "Acme" } });
  expect(inspect(auth, { showHidden: true })).toContain("acme");
  expect(setup).not.toHaveBeenCalled();
});

it("shows no secret however it is printed", async () => {
  const server = await serve(() => ({ body: { id: "user-1" } }));
  for (const inject of [header("x-key"), basic("ada")]) {
    const auth = acmeAt(server.url, { inject })({ token: canary });
    const verified = await auth.verify();
    const printed = [
      auth,
      auth.fetch,
      await auth.token(),
      verified,
      await auth.explain({ verify: true }),
    ].flatMap((value) => [
      inspect(value, { depth: Number.POSITIVE_INFINITY, showHidden: true, getters: true }),
      JSON.stringify(value) ?? "",
      String(value),
    ]);
    expect(printed.join("\n")).not.toContain(canary);
    expect(printed.join("\n")).not.toContain(btoa(`ada:${canary}`));
  }
});
