import { defineConfig } from "vitest/config";

export default defineConfig({
  ssr: { resolve: { conditions: ["@auth/source"] } },
  test: { include: ["*.test.ts"] },
});
