import { fileURLToPath } from "node:url";

import { defineConfig } from "vitest/config";

// Programs that others wrote, run for real beside what this repository makes: npm run check:witnesses
export default defineConfig({
  // Packages of the workspace resolve to their sources.
  ssr: { resolve: { conditions: ["@auth/source"] } },
  test: {
    root: fileURLToPath(new URL(".", import.meta.url)),
    include: ["*.test.ts"],
  },
});
