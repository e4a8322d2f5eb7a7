import { fileURLToPath } from "node:url";

import { defineConfig } from "vitest/config";

// Redis and its clients, for real, and many processes that share a token: npm run check:fleet
export default defineConfig({
  // Packages of the workspace resolve to their sources.
  ssr: { resolve: { conditions: ["@auth/source"] } },
  test: {
    root: fileURLToPath(new URL(".", import.meta.url)),
    include: ["*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
