import { fileURLToPath } from "node:url";

import { defineConfig } from "vitest/config";

// Every client of docs/clients.md, run for real: npm run check:clients
export default defineConfig({
  // Packages of the workspace resolve to their sources.
  ssr: { resolve: { conditions: ["@auth/source"] } },
  test: { root: fileURLToPath(new URL(".", import.meta.url)), include: ["matrix/*.test.ts"] },
});
