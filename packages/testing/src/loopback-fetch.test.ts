import { expect, it } from "vitest";

import { loopbackFetch, onLoopback } from "./loopback-fetch.ts";
import { startLoopbackServer } from "./loopback-server.ts";

const real = "https://api.acme.example";

it("sends what goes to a real origin to its place on loopback, as it is", async () => {
  await using server = await startLoopbackServer(() => ({}));
  const fetch = loopbackFetch({ [real]: server.url });
  await fetch(`${real}/a?b=c`, { method: "POST", headers: { "x-a": "1" }, body: "text" });
  await fetch(new URL(`${real}/url`));
  await fetch(new Request(`${real}/request`, { method: "PUT", headers: { "x-a": "2" } }));
  await fetch(`${server.url}/loopback`);
  expect(server.requests).toMatchObject([
    { method: "POST", url: "/a?b=c", headers: { "x-a": "1" }, body: "text" },
    { method: "GET", url: "/url" },
    { method: "PUT", url: "/request", headers: { "x-a": "2" } },
    { method: "GET", url: "/loopback" },
  ]);
});

it("tells where an answer came from as the program knows it, after a redirect as well", async () => {
  await using server = await startLoopbackServer(({ path }) =>
    path === "/moved" ? { status: 302, headers: { location: "/here?a=b" } } : {},
  );
  const fetch = loopbackFetch({ [real]: server.url });
  expect((await fetch(`${real}/moved`)).url).toBe(`${real}/here?a=b`);
  expect((await loopbackFetch({})(`${server.url}/x`)).url).toBe(`${server.url}/x`);
});

it("rejects what goes anywhere else", async () => {
  const fetch = loopbackFetch({ [real]: "http://127.0.0.1:1" });
  for (const url of [`${real}.evil.example/`, `${real}:8443/`, "http://api.acme.example/"])
    await expect(fetch(url)).rejects.toThrow(`There is no ${new URL(url).origin} on loopback.`);
});

it("tells a client of another kind where an origin is", () => {
  expect(onLoopback(real, { [real]: "http://127.0.0.1:1" })).toBe("http://127.0.0.1:1");
  expect(() => onLoopback("https://elsewhere.example", {})).toThrow(TypeError);
});
