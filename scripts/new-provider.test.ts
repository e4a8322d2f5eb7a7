// What `npm run new:provider` refuses and writes. That the written package passes every check is checked by
// scripts/check-scaffold.ts, which takes longer.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";

import { providerFacts } from "./new-provider/provider-facts.ts";
import { fill, providerFiles } from "./new-provider/provider-files.ts";
import { withProviderRow } from "./new-provider/provider-row.ts";

const root = mkdtempSync(path.join(tmpdir(), "new-provider-"));
afterAll(() => rmSync(root, { recursive: true }));
mkdirSync(path.join(root, "packages/core/src/requests"), { recursive: true });
mkdirSync(path.join(root, "packages/taken"));
writeFileSync(
  path.join(root, "packages/core/src/requests/origins.ts"),
  "// quartz in a comment\nexport const parseOrigin = 1;\n",
);
writeFileSync(path.join(root, "pnpm-workspace.yaml"), 'catalog:\n  undici: 8.0.0\n  "fast-check": 4.0.0\n');

describe("an id is refused, with what to do,", () => {
  it.each([
    ["that is not given", undefined, "A provider needs an id. Give it as in: npm run new:provider -- acme"],
    ["with capitals", "Acme", "Give lower-case words with hyphens"],
    ["with another letter", "acmé", "Give lower-case words with hyphens"],
    ["that leads out of the folder", "../acme", "Give lower-case words with hyphens"],
    ["with a hyphen at its end", "acme-", "Give lower-case words with hyphens"],
    ["that is long", "a".repeat(41), "Give lower-case words with hyphens"],
    ["of a package that is there", "taken", "packages/taken exists already. Work on that one"],
    ["that is a word of the language", "import", "is a word of the language. Choose another id"],
    ["that is one in modules", "await", "is a word of the language. Choose another id"],
    ["of a package of Auth.js", "sveltekit", "is a package of Auth.js. Choose another id"],
    ["of a dependency", "undici", "is used here. Choose another id"],
    ["of another dependency", "fast-check", "is used here. Choose another id"],
    ["that is a word of core's", "origin", "core names no provider. Choose another id"],
  ])("%s", (_, id, problem) => {
    expect(() => providerFacts(root, id, {})).toThrow(problem);
  });

  it("and one that core mentions in a comment is not", () => {
    expect(providerFacts(root, "quartz", {}).id).toBe("quartz");
  });
});

describe("an option is refused, with what to do,", () => {
  it.each([
    ["a name that would end a text", { name: 'Acme"; throw' }, 'Give letters and digits: --name "Acme"'],
    ["an address in plain http", { "base-url": "http://acme.example" }, "Give --base-url https://…"],
    ["an address that would end a comment", { "token-url": "https://acme.example/*/" }, "Give --token-url"],
    ["an address with a user", { "base-url": "https://me@acme.example" }, "Give --base-url https://…"],
    ["an address with a query", { "base-url": "https://acme.example?a=1" }, "Give --base-url https://…"],
    ["a page that is none", { "token-url": "acme.example/tokens" }, "Give --token-url https://…"],
    ["a variable in lower case", { env: "acme_token" }, "Give capitals, as in --env ACME_TOKEN"],
    ["a header with a space", { header: "x api key" }, "Give --header bearer, basic, or a name"],
    ["the header that has two forms", { header: "Authorization" }, "Give --header bearer or --header basic"],
  ])("%s", (_, options, problem) => {
    expect(() => providerFacts(root, "acme", options)).toThrow(problem);
  });
});

describe("what is not given", () => {
  it("follows from the id", () => {
    expect(providerFacts(root, "acme-mail", {})).toEqual({
      id: "acme-mail",
      name: "Acme Mail",
      baseUrl: "https://api.acme-mail.example",
      tokenUrl: "https://acme-mail.example/settings/tokens",
      env: "ACME_MAIL_TOKEN",
      header: "bearer",
    });
  });

  it("and a path of the address has no slash at its end: other paths are joined to it", () => {
    const facts = providerFacts(root, "acme", { "base-url": "https://acme.example/api/v2/" });
    expect(facts.baseUrl).toBe("https://acme.example/api/v2");
    expect(providerFiles(facts, new Date(0)).get("packages/acme/README.md")).toContain("`GET /api/v2/me`");
  });
});

it.each([
  ["github", "GitHub", "startFakeGitHub"],
  ["huggingface", "Hugging Face", "startFakeHuggingFace"],
  ["zephyr", "Zephyr & Sons", "startFakeZephyrSons"],
  ["acme-mail", "3 Acme", "startFakeAcmeMail"],
])("%s is called as the service writes its name: %s", (id, name, fake) => {
  const facts = { ...providerFacts(root, "acme", {}), id, name };
  const files = providerFiles(facts, new Date(0));
  expect(files.get(`packages/${id}/src/testing/index.ts`)).toContain(`${fake} }`);
});

describe.each([
  ["bearer", "", '["authorization", `Bearer ${token}`]'],
  ["X-Api-Key", 'inject: header("x-api-key")', '["x-api-key", token]'],
  ["basic", "inject: basic(", '["authorization", `Basic ${'],
])("with --header %s", (header, inject, expected) => {
  const files = providerFiles(providerFacts(root, "acme-mail", { header }), new Date(0));

  it("the provider and its conformance test agree", () => {
    expect(files.get("packages/acme-mail/src/acme-mail.ts")).toContain(inject);
    expect(files.get("packages/acme-mail/src/conformance.test.ts")).toContain(expected);
  });

  it("no placeholder is left, in names neither", () => {
    expect(
      [...files].filter(([file, text]) => /__id__|\.template$/.test(file) || text.includes("{{")),
    ).toEqual([]);
  });

  it("every new file is in the one folder, but for the changeset", () => {
    const outside = [...files.keys()].filter((file) => !file.startsWith("packages/acme-mail/"));
    expect(outside).toEqual([".changeset/new-provider-acme-mail.md"]);
  });
});

describe("the root README", () => {
  const facts = providerFacts(root, "acme-mail", {
    env: "ACME_TOKEN",
    "base-url": "https://acme.example/v2",
  });

  it("gets a row behind the others, and keeps the rest", () => {
    const readme = "# a\n\n## Providers\n\n| b |\n| - |\n| $& |\n\n## More\n\n| c |\n";
    const row =
      "| [`@auth/acme-mail`](packages/acme-mail) | Acme Mail | `token`, `ACME_TOKEN` | `GET /v2/me` |\n";
    expect(withProviderRow(readme, facts)).toBe(readme.replace("| $& |\n", () => `| $& |\n${row}`));
  });

  it("has to have the table", () => {
    expect(() => withProviderRow("# a\n\n## More\n\n| c |\n", facts)).toThrow(
      'Put it right below its heading "Providers"',
    );
  });
});

it("a template that asks for something unknown is an error", () => {
  expect(fill("a\n{{#on}}\nb {{word}}\n{{/on}}\n", { word: "c" }, { on: true })).toBe("a\nb c\n");
  expect(fill("a\n{{#on}}\nb {{word}}\n{{/on}}\n", { word: "c" }, { on: false })).toBe("a\n");
  expect(() => fill("{{other}}", {}, {})).toThrow("{{other}}");
  expect(() => fill("{{#other}}\n{{/other}}\n", {}, {})).toThrow("{{other}}");
  expect(() => fill("{{constructor}}", {}, {})).toThrow("{{constructor}}");
});
