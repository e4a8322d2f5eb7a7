import { gzipSync } from "node:zlib";

import { build, type Metafile } from "esbuild";

import { atMost, type Row, told } from "../row.ts";

/** What a web page loads to send a token, and what `verify` loads on top before it asks for ky. */
export async function bundleSizes(): Promise<Row[]> {
  const { metafile, outputFiles } = await build({
    stdin: {
      contents: 'import { pylon } from "@auth/pylon"; globalThis.auth = pylon();',
      resolveDir: import.meta.dirname,
      sourcefile: "page.js",
    },
    bundle: true,
    splitting: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2024",
    external: ["ky"],
    entryNames: "[name]",
    outdir: "out",
    metafile: true,
    write: false,
    logLevel: "error",
  });
  const sizes = new Map(
    outputFiles.map(({ path, contents }) => [nameOf(path), gzipSync(contents, { level: 9 }).length]),
  );
  const { outputs } = metafile;
  const page = loadedBy("stdin", outputs);
  const verify = [...loadedBy("verify", outputs)].filter((file) => !page.has(file));
  const sum = (files: Iterable<string>): number =>
    [...files].reduce((total, file) => total + (sizes.get(nameOf(file)) ?? 0), 0);
  return [
    atMost("page that sends a token: min+gzip", sum(page), { budget: 2_500, limit: 12_500, unit: " B" }),
    atMost("what verify adds before ky: min+gzip", sum(verify), { budget: 1_500, limit: 3_300, unit: " B" }),
    // Moving code into a chunk that every page loads later makes the first number smaller, and nothing else.
    told("all chunks of a provider: min+gzip", `${sum(Object.keys(outputs))} B`),
  ];
}

/** The file whose name begins like this, and all that it imports at once. */
function loadedBy(name: string, outputs: Metafile["outputs"]): Set<string> {
  const entry = Object.keys(outputs).find((file) => nameOf(file).startsWith(name));
  if (entry === undefined) throw new Error(`The bundle has no file for ${name}.`);
  const files = new Set([entry]);
  for (const file of files) {
    for (const { kind, path, external } of outputs[file]?.imports ?? []) {
      if (kind === "import-statement" && external !== true) files.add(path);
    }
  }
  return files;
}

function nameOf(file: string): string {
  return file.slice(file.lastIndexOf("/") + 1);
}
