// What single pages promise: that they are complete, and name nothing that is not there.
import { existsSync, globSync, readFileSync } from "node:fs";
import path from "node:path";

import { describe, expect, it } from "vitest";

import { documentedBlocks, promisedOutput } from "./documented-block.ts";
import { readDocuments } from "./documents.ts";

const root = path.resolve(import.meta.dirname, "../..");
const { scripts } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as { scripts: object };

describe("docs/errors.md", () => {
  const page = readFileSync(path.join(root, "docs/errors.md"), "utf8");
  const source = readFileSync(path.join(root, "packages/core/src/errors.ts"), "utf8");
  const [union = ""] = /export type AuthErrorCode =[^;]*;/.exec(source) ?? [];
  const codes = Array.from(union.matchAll(/"(AUTH_[A-Z_]+)"/g), ([, code = ""]) => code);

  it("has a section for each code, in the order of the code, and no other", () => {
    expect(codes.length).toBeGreaterThanOrEqual(13);
    expect([...page.matchAll(/^## (AUTH_\w+)$/gm)].map(([, code]) => code)).toEqual(codes);
    // Nor may the text speak of a code that does not exist.
    expect([...page.matchAll(/AUTH_[A-Z_]+/g)].filter(([code]) => !codes.includes(code))).toEqual([]);
  });

  it.each(codes)("says what happened, when, and what to do, with an example that gives %s", (code) => {
    const [, section = ""] = page.split(`\n## ${code}\n`);
    const [own = ""] = section.split("\n## ");
    for (const part of ["**What happened.**", "**When.**", "**What to do.**"]) expect(own).toContain(part);
    // Each program is run, and what it says that it prints is what it printed.
    const examples = documentedBlocks("docs/errors.md", page).filter(({ heading }) => heading === code);
    expect(examples.map((example) => [example.notRun, promisedOutput(example.code)[0]])).toEqual([
      [undefined, code],
    ]);
  });
});

it("docs/architecture.md names only files that exist", () => {
  const page = readFileSync(path.join(root, "docs/architecture.md"), "utf8");
  const named = [...new Set(Array.from(page.matchAll(/[\w./-]+\.(?:ts|mjs)\b/g), ([file]) => file))];
  expect(named.length).toBeGreaterThan(10);
  const places = ["packages/core/src", "."];
  expect(named.filter((file) => !places.some((place) => existsSync(path.join(root, place, file))))).toEqual(
    [],
  );
});

describe("SECURITY.md", () => {
  const page = readFileSync(path.join(root, "SECURITY.md"), "utf8");
  const rows = Array.from(
    page.matchAll(/^\| ([\d–]+) +\| .*? +\| (.*?) +\|$/gm),
    ([, rule = "", tests = ""]) => [rule, tests] as const,
  );

  it("has a row for each rule, in order", () => {
    const rules = rows.flatMap(([rule]) => {
      const [first = 0, last = first] = rule.split("–").map(Number);
      return Array.from({ length: last - first + 1 }, (_, index) => first + index);
    });
    expect(rules).toEqual(Array.from({ length: 32 }, (_, index) => index + 1));
  });

  it.each(rows)("%s names tests that exist", (_, tests) => {
    let folder = "core";
    const named = [...tests.matchAll(/(\w+): |`([^`]+)`/g)].filter(([, home, name = ""]) => {
      folder = home ?? folder;
      const [, script] = /^npm run (.+)$/.exec(name) ?? [];
      if (script !== undefined) return !Object.hasOwn(scripts, script);
      return home === undefined && globSync(`packages/${folder}/src/**/${name}`, { cwd: root }).length !== 1;
    });
    expect(tests).toContain("`");
    expect(named.map(([text]) => text)).toEqual([]);
  });

  it("names other files that exist", () => {
    const files = [...page.matchAll(/`(scripts\/[^`]+)`/g)].map(([, file = ""]) => file);
    expect(files.length).toBeGreaterThan(1);
    expect(files.filter((file) => !existsSync(path.join(root, file)))).toEqual([]);
  });
});

it("finds links to files of the repository that are not there", () => {
  const broken = readDocuments(root).flatMap(({ file, text }) =>
    brokenLinks(file, text).map((link) => `${file}: ${link}`),
  );
  expect(broken).toEqual([]);
  expect(brokenLinks("docs/planted.md", "[a](../nowhere.md) [b](../README.md#no-such-heading)")).toEqual([
    "../nowhere.md",
    "../README.md#no-such-heading",
  ]);
});

it("every example, recipe and decision stands on its page", () => {
  const pages = ["examples/README.md", "docs/recipes.md", "docs/README.md"];
  const text = pages.map((page) => readFileSync(path.join(root, page), "utf8")).join("\n");
  const files = globSync(["examples/*.ts", "examples/recipes/*", "docs/decisions/*.md", "docs/*.md"], {
    cwd: root,
  });
  const shown = files
    .map((file) => path.relative(file.startsWith("docs/") ? "docs" : "examples", file))
    .filter((file) => !file.endsWith(".test.ts") && file !== "README.md");
  expect(shown.length).toBeGreaterThan(25);
  expect(shown.filter((file) => !text.includes(`${file})`))).toEqual([]);
});

function brokenLinks(file: string, text: string): string[] {
  const prose = text.replaceAll(/^\s*```.*?^\s*```$/gms, "").replaceAll(/`[^`\n]*`/g, "");
  const links = [...prose.matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].map(([, link = ""]) => link);
  return links.filter((link) => {
    const [target = "", anchor] = link.split("#");
    const found = target === "" ? path.join(root, file) : path.join(root, path.dirname(file), target);
    if (!existsSync(found)) return true;
    if (anchor === undefined) return false;
    const page = found.endsWith(".md") ? found : path.join(found, "README.md");
    return !anchorsOf(readFileSync(page, "utf8")).includes(anchor);
  });
}

function anchorsOf(text: string): string[] {
  const headings = text.replaceAll(/^\s*```.*?^\s*```$/gms, "").matchAll(/^#+ (.*)$/gm);
  return Array.from(headings, ([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-"),
  );
}
