import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { configDefaults, defineConfig } from "vitest/config";

// Every folder below packages/ and apps/ is a project of its own: `npm test -- --project @auth/pylon`.
const folders = ["packages", "apps"].flatMap((parent) =>
  readdirSync(new URL(parent, import.meta.url))
    .map((name) => ({ name, root: `${parent}/${name}` }))
    .filter(({ root }) => existsSync(new URL(`${root}/package.json`, import.meta.url))),
);

// Tests with the real `gh` run where there is one, and in CI whether there is one or not.
const hasGh = (process.env["PATH"] ?? "")
  .split(path.delimiter)
  .some((folder) => folder !== "" && existsSync(path.join(folder, "gh")));

export default defineConfig({
  // Workspace packages resolve to their sources: an edit in core is seen by a provider's tests without a build.
  ssr: { resolve: { conditions: ["@auth/source"] } },
  test: {
    // Those that need a keychain run inside scripts/with-keyring.sh.
    exclude: [
      ...configDefaults.exclude,
      ...(process.env["AUTH_TEST_KEYCHAIN"] === "1" ? [] : ["**/*.keyring.test.ts"]),
      ...(hasGh || process.env["CI"] === "true" ? [] : ["**/*.gh.test.ts"]),
    ],
    // On a busy machine everything takes its time. Nothing here waits for a clock.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 30_000 } },
    setupFiles: [fileURLToPath(new URL("scripts/silence.setup.ts", import.meta.url))],
    projects: [
      ...folders.map(({ name, root }) => ({
        extends: true as const,
        test: { name: `@auth/${name}`, root, include: ["src/**/*.test.ts"] },
      })),
      {
        extends: true as const,
        test: { name: "examples", include: ["examples/*.test.ts"] },
      },
      { extends: true as const, test: { name: "benchmarks", include: ["benchmarks/src/**/*.test.ts"] } },
      { extends: true as const, test: { name: "scripts", include: ["scripts/**/*.test.ts"] } },
    ],
  },
});
