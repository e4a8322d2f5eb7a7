// The worker in one file: a process that is killed every second is replaced in a fifth of the time.
import path from "node:path";

import { build } from "esbuild";

/** Gives the path of the file to start. */
export async function bundleWorker(folder: string): Promise<string> {
  const outdir = path.join(folder, "worker");
  await build({
    entryPoints: [path.join(import.meta.dirname, "worker.ts")],
    outdir,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    platform: "node",
    format: "esm",
    conditions: ["@auth/source"],
    // The Redis clients are CommonJS, and call `require`.
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
    logLevel: "error",
  });
  return path.join(outdir, "worker.mjs");
}
