import { describe, expect, it } from "vitest";

import { failureOf } from "../fixtures/failure-of.ts";
import { type Auth, defineProvider, fromEnv, tenantUrl, variable } from "../index.ts";

const template = "https://{subdomain}.acme.example";

it.each([
  ["support", "https://support.acme.example"],
  [" Support ", "https://support.acme.example"],
  ["a-1", "https://a-1.acme.example"],
  ["7", "https://7.acme.example"],
  ["xn--bcher-kva", "https://xn--bcher-kva.acme.example"],
])("puts %j into the address", (value, url) => {
  expect(tenantUrl(template, { subdomain: { value } })).toBe(url);
});

it("puts several parts into an address, wherever they stand", () => {
  const parts = { org: { value: "acme" }, region: { value: "eu" } };
  expect(tenantUrl("https://{org}.{region}.acme.example/api/{region}", parts)).toBe(
    "https://acme.eu.acme.example/api/eu",
  );
});

describe("what is no part of a host name is AUTH_PROVIDER_INVALID, and never shown", () => {
  interface Options {
    readonly subdomain?: string | undefined;
  }
  const acme = (options: Options, env: Record<string, string> = {}): Auth =>
    defineProvider({
      specVersion: 1,
      id: "acme",
      name: "Acme",
      setup: ({ subdomain }: Options, context) => ({
        baseUrl: tenantUrl(template, {
          subdomain: {
            value: subdomain ?? variable(context.env, "ACME_SUBDOMAIN"),
            variable: "ACME_SUBDOMAIN",
          },
        }),
        sources: [fromEnv("ACME_TOKEN")],
        verify: { path: "/me", identify: () => undefined },
      }),
    })({ ...options, env });

  it.each([
    "evil.example/",
    "evil.example#",
    "evil.example?",
    "a.b",
    "user@evil",
    "evil:8080",
    "..",
    "-a",
    "a-",
    "a b",
    "a_b",
    "bücher",
    "a\\b",
    "a".repeat(64),
    "https://support.acme.example",
    5,
    {},
  ])("%j", async (subdomain) => {
    const error = await failureOf(acme({ subdomain: subdomain as string }).token());
    expect(error.code).toBe("AUTH_PROVIDER_INVALID");
    expect(error.remedy).toContain("Pass the option subdomain or set ACME_SUBDOMAIN");
    expect(error.message).not.toContain("evil");
  });

  it.each([undefined, "", "  "])("nothing: %j", async (subdomain) => {
    const error = await failureOf(acme({ subdomain }, { ACME_SUBDOMAIN: " " }).token());
    expect(error.message).toBe(
      "acme: This cannot be used: the subdomain is not known, and with it the address. " +
        "Pass the option subdomain or set ACME_SUBDOMAIN.",
    );
  });

  it("and what comes from the variable as well", async () => {
    expect(acme({}, { ACME_SUBDOMAIN: "support" }).baseUrl).toBe("https://support.acme.example");
    const error = await failureOf(acme({}, { ACME_SUBDOMAIN: "evil.example/" }).token());
    expect(error.code).toBe("AUTH_PROVIDER_INVALID");
  });
});
