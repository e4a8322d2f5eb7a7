import { stripVTControlCharacters } from "node:util";

import { expect, it } from "vitest";

import { drawSteps } from "./draw-steps.ts";
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

it("fits 80 columns, wraps sentences and keeps links whole", async () => {
  const drawn = stripVTControlCharacters(drawSteps(await runTour(), 80)).split("\n");
  const link = `https://acme.example/${"x".repeat(90)}`;
  const long = { service: "Acme", step: "verify", source: "–", outcome: `See ${link} for more.`, ok: false };
  expect(stripVTControlCharacters(drawSteps([long], 80)).split("\n")).toEqual([
    "",
    "Acme",
    "  ✗ verify  –",
    "    See",
    `    ${link}`,
    "    for more.",
  ]);
  expect(drawn.filter((line) => line.length > 80)).toEqual([]);
  const links = /https:\/\/\S+/g;
  expect(drawn.join(" ").match(links)).toContain("https://app.usepylon.com/settings/api-tokens");
});
