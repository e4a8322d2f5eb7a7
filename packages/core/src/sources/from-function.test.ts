import { expect, it } from "vitest";

import { contextOf } from "../fixtures/context.ts";
import { found, unavailable } from "./source.ts";
import { fromFunction } from "./from-function.ts";

it.each([undefined, null])("takes %s for unavailable", async (nothing) => {
  expect(await fromFunction("vault", () => nothing).resolve(contextOf())).toMatchObject({
    outcome: "unavailable",
  });
});

it("takes a text for the token, and passes results on as they are", async () => {
  const text = await fromFunction("vault", async () => "abc").resolve(contextOf());
  expect(text.outcome === "found" && text.reveal()).toBe("abc");
  const expiring = found("abc", { expiresAt: 5 });
  expect(await fromFunction("vault", () => expiring).resolve(contextOf())).toBe(expiring);
  const nothing = unavailable("the vault is empty");
  expect(await fromFunction("vault", () => nothing).resolve(contextOf())).toBe(nothing);
});

it("hands the function its context and keeps its own time limit", async () => {
  const context = contextOf({ reason: "rejected" });
  let given: unknown;
  const source = fromFunction("vault", (asked) => void (given = asked), { timeoutMs: 5 });
  await source.resolve(context);
  expect(given).toBe(context);
  expect(source.timeoutMs).toBe(5);
});
