import { expect, it } from "vitest";

import { contextOf } from "../fixtures/context.ts";
import { expandSources } from "./expand.ts";
import { chain } from "./chain.ts";
import { fromEnv } from "./from-env.ts";
import { fromFunction } from "./from-function.ts";
import { fromValue } from "./from-value.ts";

it("gives the first token and says where it was", async () => {
  const result = await chain(fromEnv("A"), fromValue("abc", "the drawer"), fromValue("def")).resolve(
    contextOf(),
  );
  expect(result).toMatchObject({ outcome: "found", source: "the drawer" });
  expect(result.outcome === "found" && result.reveal()).toBe("abc");
});

it("ends at a source that is broken", async () => {
  const broken = fromFunction("vault", () => {
    throw new Error("sealed");
  });
  await expect(chain(broken, fromValue("abc")).resolve(contextOf())).rejects.toThrow("sealed");
});

it("is unavailable when all of its sources are", async () => {
  expect(await chain(fromEnv("A"), fromEnv("B")).resolve(contextOf())).toMatchObject({
    reason: "B is not set",
  });
  expect(await chain().resolve(contextOf())).toMatchObject({ outcome: "unavailable" });
});

it("is opened wherever it stands, so that each source is asked and reported by itself", () => {
  const nested = chain(chain(fromEnv("A"), fromEnv("B", "C")), fromValue("abc"));
  expect(expandSources([nested]).map(({ name }) => name)).toEqual(["env A", "env B", "env C", "value"]);
});
