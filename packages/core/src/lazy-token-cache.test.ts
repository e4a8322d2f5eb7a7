import { expect, it, vi } from "vitest";

import { acmeAt, canary } from "./fixtures/acme.ts";
import { failureOf } from "./fixtures/failure-of.ts";
import { loadPart } from "./lazy-token-cache.ts";
import type { SourceContext } from "./token-source.ts";

const acme = acmeAt("https://api.acme.example");

it("asks the sources once for all who come before the search is loaded", async () => {
  const find = vi.fn(() => canary);
  const auth = acme({ token: find });
  const all = await Promise.all(Array.from({ length: 1_000 }, () => auth.headers("/x")));
  expect(find).toHaveBeenCalledOnce();
  expect(new Set(all.map(({ authorization }) => authorization))).toEqual(new Set([`Bearer ${canary}`]));
});

it("gives each caller up alone while the search is being loaded", async () => {
  const auth = acme({ token: canary });
  const stop = new AbortController();
  const given = auth.token({ signal: stop.signal });
  const waiting = auth.token();
  stop.abort(new Error("enough"));
  await expect(given).rejects.toThrow("enough");
  expect((await waiting).reveal()).toBe(canary);
});

it("tells the sources of a refusal that came before the search was loaded", async () => {
  const find = vi.fn((context: SourceContext) => `${canary}-${context.reason}`);
  const auth = acme({ token: find });
  const first = auth.token();
  auth.reject();
  expect((await first).reveal()).toBe(`${canary}-rejected`);
  expect(find).toHaveBeenCalledOnce();
});

it("says what is wrong where a part is gone, as on a page that was put up anew meanwhile", async () => {
  const cause = new TypeError("Failed to fetch dynamically imported module");
  const error = await failureOf(loadPart("acme", Promise.reject(cause)));
  expect(error).toMatchObject({ code: "AUTH_UNREACHABLE", provider: "acme", cause });
  expect(error.message).toContain("could not be loaded");
  expect(await loadPart("acme", Promise.resolve("part"))).toBe("part");
});
