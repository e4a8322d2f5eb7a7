import { readFileSync } from "node:fs";
import { defineConfig } from "tsup";

type Manifest = { exports: Record<string, string | { "@auth/source": string }> };

// The one build configuration, run in each package's folder. What a package exports is what gets built.
const { exports } = JSON.parse(readFileSync("package.json", "utf8")) as Manifest;
const sources = Object.values(exports).flatMap((entry) =>
  typeof entry === "string" ? [] : [entry["@auth/source"]],
);

export default defineConfig({
  // "./src/testing/index.ts" becomes dist/testing/index.js
  entry: Object.fromEntries(sources.map((source) => [source.slice("./src/".length, -".ts".length), source])),
  format: ["esm"],
  target: "node22",
  platform: "node",
  splitting: true,
  sourcemap: true,
  clean: true,
  removeNodeProtocol: false,
  silent: true,
  // `@auth/core` on the public registry is another library, so ours is bundled, from its sources.
  noExternal: [/^@auth\//],
  // Native, and loaded only where a program uses the keychain.
  external: ["@napi-rs/keyring"],
  esbuildOptions(options) {
    options.conditions = ["@auth/source"];
  },
});
