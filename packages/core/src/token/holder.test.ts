import { expect, it, vi } from "vitest";

import { acmeAt, canary } from "../fixtures/acme.ts";
import type { SourceContext } from "../sources/source.ts";

const acme = acmeAt("https://api.acme.example");

it("asks the sources once for all who come together", async () => {
  const find = vi.fn(() => canary);
  const auth = acme({ token: find });
  const all = await Promise.all(Array.from({ length: 1_000 }, () => auth.headers("/x")));
  expect(find).toHaveBeenCalledOnce();
  expect(new Set(all.map(({ authorization }) => authorization))).toEqual(new Set([`Bearer ${canary}`]));
});

it("gives each caller up alone while the sources are asked", async () => {
  const auth = acme({ token: canary });
  const stop = new AbortController();
  const given = auth.token({ signal: stop.signal });
  const waiting = auth.token();
  stop.abort(new Error("enough"));
  await expect(given).rejects.toThrow("enough");
  expect((await waiting).reveal()).toBe(canary);
});

it("tells the sources of a refusal that came while they were asked", async () => {
  const find = vi.fn((context: SourceContext) => `${canary}-${context.reason}`);
  const auth = acme({ token: find });
  const first = auth.token();
  auth.reject();
  expect((await first).reveal()).toBe(`${canary}-rejected`);
});

it("has nothing to tell the sources where a refusal came before anybody asked for a token", async () => {
  const find = vi.fn((context: SourceContext) => `${canary}-${context.reason}`);
  const auth = acme({ token: find });
  expect(auth.baseUrl).toBe("https://api.acme.example");
  auth.reject();
  expect((await auth.token()).reveal()).toBe(`${canary}-initial`);
});
