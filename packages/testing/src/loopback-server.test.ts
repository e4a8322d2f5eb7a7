import { expect, it } from "vitest";

import { startLoopbackServer } from "./loopback-server.ts";

it("answers what it is told to, and keeps each request", async () => {
  await using server = await startLoopbackServer(({ path, body }) =>
    path === "/json"
      ? { status: 201, headers: { "X-Many": ["a", "b"] }, body: { got: body } }
      : { body: "text" },
  );
  const response = await fetch(`${server.url}/json?q=1`, {
    method: "POST",
    body: "hello",
    headers: { "x-a": "1" },
  });
  expect([response.status, response.headers.get("x-many"), await response.json()]).toEqual([
    201,
    "a, b",
    { got: "hello" },
  ]);
  expect(response.headers.get("content-type")).toBe("application/json");
  const text = await fetch(server.url);
  expect([text.headers.get("content-type"), await text.text()]).toEqual([null, "text"]);
  expect(server.requests).toMatchObject([
    { method: "POST", url: "/json?q=1", path: "/json", body: "hello", headers: { "x-a": "1" } },
    { method: "GET", url: "/", path: "/", body: "" },
  ]);
});

it("ends a connection without an answer, or in the middle of one", async () => {
  await using server = await startLoopbackServer(({ path }) =>
    path === "/drop" ? { drop: true } : { body: "0123456789", truncateAt: 4 },
  );
  await expect(fetch(`${server.url}/drop`)).rejects.toThrow("fetch failed");
  const cut = await fetch(`${server.url}/cut`);
  await expect(cut.text()).rejects.toThrow("terminated");
});

it("answers 500 where the answer throws, and nothing once it is closed", async () => {
  const server = await startLoopbackServer(() => {
    throw new Error("no such route");
  });
  const response = await fetch(server.url);
  expect([response.status, await response.text()]).toEqual([500, expect.stringContaining("no such route")]);
  await server.close();
  await server.close();
  await expect(fetch(server.url)).rejects.toThrow("fetch failed");
});

it("listens on another loopback address", async () => {
  await using server = await startLoopbackServer(() => ({}), { host: "127.0.0.2" });
  expect(server.url).toMatch(/^http:\/\/127\.0\.0\.2:\d+$/);
  expect((await fetch(server.url)).status).toBe(200);
});
