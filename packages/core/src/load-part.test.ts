import { expect, it } from "vitest";

import { failureOf } from "./fixtures/failure-of.ts";
import { loadPart } from "./load-part.ts";

it("says what is wrong where a part is gone, as on a page that was put up anew meanwhile", async () => {
  const cause = new TypeError("Failed to fetch dynamically imported module");
  const error = await failureOf(loadPart("acme", Promise.reject(cause)));
  expect(error).toMatchObject({ code: "AUTH_UNREACHABLE", provider: "acme", cause });
  expect(error.message).toContain("could not be loaded");
  expect(await loadPart("acme", Promise.resolve("part"))).toBe("part");
});
