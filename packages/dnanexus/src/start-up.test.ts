import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";

import { expect, it } from "vitest";

/** What a module of this package brings along as it loads: its own modules, and those of Node.js that are ES imports. */
function loadedBy(entry: string): { readonly own: ReadonlySet<string>; readonly node: readonly string[] } {
  const own = new Set<string>();
  const node: string[] = [];
  const visit = (file: string): void => {
    if (own.has(file)) return;
    own.add(file);
    const statements = readFileSync(file, "utf8").matchAll(
      /^(?:import|export) (?!type )(?:[^;]*? from )?"([^"]+)";/gm,
    );
    for (const [, specifier = ""] of statements) {
      if (specifier.startsWith(".")) visit(resolve(dirname(file), specifier));
      if (specifier.startsWith("node:"))
        node.push(`${specifier} in ${file.slice(import.meta.dirname.length)}`);
    }
  };
  visit(resolve(import.meta.dirname, entry));
  return { own, node };
}

it("imports no module of Node.js for the main entry: its names alone take milliseconds", () => {
  const { own, node } = loadedBy("index.ts");
  expect(own.size).toBeGreaterThan(20);
  expect(node).toEqual([]);
});

it("loads nothing that only logs in, out, or writes files, before that is asked for", () => {
  const main = [...loadedBy("index.ts").own].filter((file) =>
    /\/(?:account|identity-token-file|job-identity-request)\b/.test(file),
  );
  expect(main).toEqual([]);
  expect([...loadedBy("account/login.ts").own].some((file) => file.includes("/account/"))).toBe(true);
});

it("sees those that other entries import", () => {
  expect(loadedBy("oauth.ts").node).toContain("node:http in /account/loopback-redirect.ts");
});
