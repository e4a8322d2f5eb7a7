import { expect, it } from "vitest";

import { bumpProblems } from "./bump-problems.ts";

const core = { name: "@auth/core", before: "1.0.0", after: "1.1.0", bundles: [] };
const acme = { name: "@auth/acme", before: "2.0.0", after: "2.0.1", bundles: ["@auth/core"] };

it("is content when whoever bundles a released package is released too", () => {
  expect(bumpProblems([core, acme])).toEqual([]);
});

it("names the provider that would keep the old core", () => {
  expect(bumpProblems([core, { ...acme, after: "2.0.0" }])).toEqual([
    "@auth/acme: stays at 2.0.0, but it bundles @auth/core, which becomes 1.1.0. Name @auth/acme in the changeset as well.",
  ]);
});

it("lets a provider be released, or nothing, without core", () => {
  expect(bumpProblems([{ ...core, after: "1.0.0" }, acme])).toEqual([]);
  expect(
    bumpProblems([
      { ...core, after: "1.0.0" },
      { ...acme, after: "2.0.0" },
    ]),
  ).toEqual([]);
});
