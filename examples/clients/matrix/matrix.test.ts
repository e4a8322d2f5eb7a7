import { readFileSync } from "node:fs";
import path from "node:path";

import { beforeAll, expect, it } from "vitest";

import { authsOfTenants } from "../recipes/tenants.ts";
import { clients } from "./clients.ts";
import { generateClients } from "./generate.ts";
import type { Seen } from "./page.ts";

let seen: readonly Seen[];
let page: string;
beforeAll(async () => {
  await generateClients();
  // Some of the clients import what was generated.
  const { pageOf, runMatrix } = await import("./page.ts");
  seen = await runMatrix();
  page = pageOf(seen);
}, 600_000);

it.each(clients.map(({ id }) => id))(
  "%s keeps the token on its origins, and does all that its row says",
  (id) => {
    const row = seen.find(({ client }) => client.id === id);
    expect(row?.withAuth.problems).toEqual([]);
    expect(row?.withAuth.leaks).toEqual({ authorization: [], "x-api-key": [] });
    expect(row?.withAuth.resends).toBe(row?.client.takes === "fetch");
  },
);

it("finds out the clients that take a header along by themselves", () => {
  const leaking = seen.filter(({ byHand }) => byHand["x-api-key"].length > 0);
  expect(leaking.length).toBeGreaterThan(clients.length / 2);
});

it("is the page of the documents: npm run docs:clients writes it", () => {
  expect(readFileSync(path.join(import.meta.dirname, "../../../docs/clients.md"), "utf8")).toBe(page);
});

it("keeps one auth for each tenant, and forgets those that are not used", async () => {
  const authOf = authsOfTenants(async (tenant) => `token-of-${tenant}`);
  const first = authOf("a");
  expect((await first.token()).reveal()).toBe("token-of-a");
  expect((await authOf("b").token()).reveal()).toBe("token-of-b");
  expect(authOf("a")).toBe(first);
  for (let index = 0; index < 1000; index++) authOf(`other-${index}`);
  expect(authOf("a")).not.toBe(first);
});
