import { describe, expect, it } from "vitest";

import { checkProvider } from "./check-provider.ts";
import { acme, acmeFacts } from "./fixtures/acme.ts";
import { brokenProviders } from "./fixtures/broken-providers.ts";
import { rules } from "./rules.ts";

describe("the suite", () => {
  it("has a broken provider for each rule", () => {
    expect(Object.keys(brokenProviders).toSorted()).toEqual(rules.map(({ id }) => id).toSorted());
  });

  it("finds nothing wrong with a provider that is right", async () => {
    const results = await checkProvider(acme, acmeFacts);
    expect(results.filter(({ outcome }) => outcome === "broken")).toEqual([]);
  });

  it("judges each further kind of token by what depends on it", async () => {
    const kinds = [
      { name: "an app's", sampleToken: () => `app-${Math.random()}`, identity: { kind: "app", id: "a-1" } },
    ];
    const results = await checkProvider(acme, { ...acmeFacts, kinds });
    expect(results.filter(({ outcome }) => outcome === "broken")).toMatchObject([
      { rule: "accepted-answer", kind: "an app's" },
    ]);
  });

  it.each(Object.entries(brokenProviders))(
    "finds a provider out by %s, and by nothing else",
    { timeout: 30_000 },
    async (rule, { provider, facts = acmeFacts }) => {
      const results = await checkProvider(provider, facts);
      const broken = results.filter(({ outcome }) => outcome === "broken");
      const explained = broken.map((one) => `${one.rule}: ${one.problem}`).join("\n");
      expect(
        broken.map((one) => one.rule),
        explained,
      ).toEqual([rule]);
      for (const { problem = "", remedy = "" } of broken) {
        expect(problem).toMatch(/\S/);
        expect(remedy).toMatch(/^[A-Z].*\.$/);
        expect(problem).not.toContain("canary-");
      }
    },
  );
});
