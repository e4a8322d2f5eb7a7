import { describe, expect, it } from "vitest";

import { checkProvider } from "./check-provider.ts";
import { acme, acmeFacts } from "./fixtures/acme.ts";
import { brokenDefinitions } from "./fixtures/broken/definition.ts";
import { brokenHolders } from "./fixtures/broken/holding.ts";
import { brokenSenders } from "./fixtures/broken/sending.ts";
import { brokenTellers } from "./fixtures/broken/showing.ts";
import { brokenSources } from "./fixtures/broken/sources.ts";
import { brokenVerifies } from "./fixtures/broken/verifying.ts";
import { rules } from "./rules.ts";

const brokenProviders = {
  ...brokenDefinitions,
  ...brokenSources,
  ...brokenVerifies,
  ...brokenTellers,
  ...brokenSenders,
  ...brokenHolders,
};

describe("the suite", () => {
  it("has a broken provider for each rule", () => {
    expect(Object.keys(brokenProviders).toSorted()).toEqual(rules.map(({ id }) => id).toSorted());
  });

  it("finds nothing wrong with a provider that is right", async () => {
    const results = await checkProvider(acme, acmeFacts);
    expect(results.filter(({ outcome }) => outcome === "broken")).toEqual([]);
  });

  it.each(Object.entries(brokenProviders))(
    "finds a provider out by %s, and by nothing else",
    { timeout: 30_000 },
    async (rule, { provider, facts, also = {} }) => {
      const results = await checkProvider(provider, { ...acmeFacts, ...facts });
      const broken = results.filter(({ outcome }) => outcome === "broken");
      const explained = broken.map((one) => `${one.rule}: ${one.problem}`).join("\n");
      expect(broken.map((one) => one.rule).toSorted(), explained).toEqual(
        [rule, ...Object.keys(also)].toSorted(),
      );
      for (const { problem = "", remedy = "" } of broken) {
        expect(problem).toMatch(/\S/);
        expect(remedy).toMatch(/^[A-Z].*\.$/);
        expect(problem).not.toContain("canary-");
      }
    },
  );
});
