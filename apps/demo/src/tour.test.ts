import { expect, it } from "vitest";

import { drawTable } from "./table.ts";
import { runTour } from "./tour.ts";

const canary = (): string => `canary-demo-${Math.random().toString(16).slice(2, 10).padEnd(16, "0")}`;

it("comes out as it should in every step, and shows no token", async () => {
  const results = await runTour(canary);
  expect(results.filter(({ ok }) => !ok)).toEqual([]);
  expect(new Set(results.map(({ service }) => service))).toEqual(new Set(["Pylon", "DNAnexus"]));
  expect(JSON.stringify(results)).not.toContain("canary-");
});

it("shows a step that came out wrong as such, and the rest all the same", async () => {
  const results = await runTour(() => "has a space in it");
  expect(results.some(({ ok }) => !ok)).toBe(true);
  expect(results.some(({ ok }) => ok)).toBe(true);
});

it("is drawn with a line for each step, or with lines that fit a narrow terminal", () => {
  const result = {
    service: "Acme",
    step: "verify it",
    source: "env ACME_TOKEN",
    outcome: "word ".repeat(20).trim(),
    ok: true,
  };
  const wide = drawTable([result, { ...result, ok: false }], Number.POSITIVE_INFINITY).split("\n");
  expect(wide).toHaveLength(5);
  expect(wide.slice(3).map((line) => line.includes("✓"))).toEqual([true, false]);
  const narrow = drawTable([result], 60).split("\n");
  expect(narrow.length).toBeGreaterThan(4);
});
