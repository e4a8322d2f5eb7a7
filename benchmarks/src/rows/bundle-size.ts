import { gzipSync } from "node:zlib";

import { build, type Metafile } from "esbuild";

import { atMost, type Row, told } from "../row.ts";

/** What a web page loads to send a token, with its first request, and what `verify` loads on top before it asks for ky. */
export async function bundleSizes(): Promise<Row[]> {
  const page = await bundle('import { pylon } from "@auth/pylon"; globalThis.auth = pylon();');
  const webhooks = await bundle('export { verifyWebhook } from "@auth/pylon/webhooks";');
  const start = page.loadedBy("stdin");
  const request = new Set([...start, ...page.loadedBy("token-search")]);
  const verify = new Set([...page.loadedBy("verify")].filter((file) => !request.has(file)));
  return [
    atMost("page that sends a token: min+gzip", page.sizeOf(start), {
      budget: 2_500,
      limit: 7_300,
      unit: " B",
    }),
    // Moving code into a chunk that every page loads later makes the first number smaller, and this one larger.
    atMost("page and its first request: min+gzip", page.sizeOf(request), { budget: 12_500, unit: " B" }),
    atMost("what verify adds before ky: min+gzip", page.sizeOf(verify), {
      budget: 1_500,
      limit: 2_750,
      unit: " B",
    }),
    told("all chunks of a provider: min+gzip", `${page.sizeOf(page.files)} B`),
    // The provider is in the same file of the build, and has to fall out of what does not use it.
    atMost("webhooks alone: min+gzip", webhooks.sizeOf(webhooks.loadedBy("stdin")), {
      budget: 3_600,
      unit: " B",
    }),
  ];
}

interface Bundle {
  readonly files: ReadonlySet<string>;
  /** The file whose name begins like this, and all that it imports at once. */
  loadedBy(name: string): ReadonlySet<string>;
  sizeOf(files: ReadonlySet<string>): number;
}

async function bundle(contents: string): Promise<Bundle> {
  const { metafile, outputFiles } = await build({
    stdin: { contents, resolveDir: import.meta.dirname, sourcefile: "page.js" },
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
  const { outputs } = metafile;
  const sizes = new Map(
    outputFiles.map(({ path, contents: code }) => [nameOf(path), gzipSync(code, { level: 9 }).length]),
  );
  return {
    files: new Set(Object.keys(outputs)),
    loadedBy: (name) => loadedBy(name, outputs),
    sizeOf: (files) => [...files].reduce((total, file) => total + (sizes.get(nameOf(file)) ?? 0), 0),
  };
}

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
