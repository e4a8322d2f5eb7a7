// One function for each bundler: it bundles a program for Node.js, with all that it imports, and gives the file to run. Rejects where the
// bundler fails, or where it warns of something that is ours.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import process from "node:process";

const { resolve } = createRequire(import.meta.url);
const load = (name) => import(resolve(name));

export const bundlers = {
  esbuild,
  "esbuild to CommonJS": esbuildToCommonJs,
  webpack,
  rspack,
  rollup,
  rolldown,
  vite,
  ncc,
  parcel,
};

async function esbuild(program, folder) {
  const outfile = path.join(folder, "out.mjs");
  const { build } = await load("esbuild");
  const { warnings } = await build({
    entryPoints: [program],
    bundle: true,
    platform: "node",
    format: "esm",
    outfile,
    logLevel: "silent",
  });
  return { file: outfile, warnings: warnings.map(({ text }) => text) };
}

async function esbuildToCommonJs(program, folder) {
  const outfile = path.join(folder, "out.cjs");
  const { build } = await load("esbuild");
  // CommonJS has no await outside of functions.
  const [, imports, rest] = /^((?:import .*\n)+)([^]*)$/.exec(readFileSync(program, "utf8"));
  const { warnings } = await build({
    stdin: { contents: `${imports}(async () => {\n${rest}\n})();`, resolveDir: path.dirname(program) },
    bundle: true,
    platform: "node",
    target: "node22",
    format: "cjs",
    outfile,
    logLevel: "silent",
  });
  return { file: outfile, warnings: warnings.map(({ text }) => text) };
}

async function webpack(program, folder) {
  const { default: compiler } = await load("webpack");
  return packedBy(compiler, program, folder, { experiments: { outputModule: true } });
}

async function rspack(program, folder) {
  const { rspack: compiler } = await load("@rspack/core");
  return packedBy(compiler, program, folder, {});
}

function packedBy(compiler, program, folder, more) {
  return new Promise((done, fail) => {
    const options = {
      mode: "production",
      target: "node22",
      context: path.dirname(program),
      entry: program,
      output: {
        path: folder,
        filename: "out.mjs",
        module: true,
        chunkFormat: "module",
        library: { type: "module" },
      },
      ...more,
    };
    compiler(options, (error, stats) => {
      if (error) return fail(error);
      const { errors, warnings } = stats.toJson({ all: false, errors: true, warnings: true });
      if (errors.length > 0) return fail(new Error(errors.map(({ message }) => message).join("\n")));
      return done({ file: path.join(folder, "out.mjs"), warnings: warnings.map(({ message }) => message) });
    });
  });
}

async function rollup(program, folder) {
  const { rollup: start } = await load("rollup");
  const { default: nodeResolve } = await load("@rollup/plugin-node-resolve");
  const warnings = [];
  const bundle = await start({
    input: program,
    plugins: [nodeResolve({ exportConditions: ["node"] })],
    onwarn: ({ message }) => warnings.push(message),
  });
  await bundle.write({ dir: folder, format: "esm", entryFileNames: "out.mjs" });
  return { file: path.join(folder, "out.mjs"), warnings };
}

async function rolldown(program, folder) {
  const { rolldown: start } = await load("rolldown");
  const warnings = [];
  const bundle = await start({
    input: program,
    platform: "node",
    onwarn: ({ message }) => warnings.push(message),
  });
  await bundle.write({ dir: folder, format: "esm", entryFileNames: "out.mjs" });
  return { file: path.join(folder, "out.mjs"), warnings };
}

async function vite(program, folder) {
  const { build } = await load("vite");
  await build({
    root: path.dirname(program),
    configFile: false,
    logLevel: "silent",
    ssr: { noExternal: true },
    build: { ssr: program, outDir: folder, rollupOptions: { output: { entryFileNames: "out.mjs" } } },
  });
  return { file: path.join(folder, "out.mjs"), warnings: [] };
}

async function ncc(program, folder) {
  const { default: compile } = await load("@vercel/ncc");
  const { code, assets } = await compile(program, { quiet: true, cache: false });
  const files = { "out.mjs": { source: code }, ...assets };
  for (const [name, { source }] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), source);
  }
  return { file: path.join(folder, "out.mjs"), warnings: [] };
}

async function parcel(program, folder) {
  const project = path.dirname(program);
  const target = {
    context: "node",
    includeNodeModules: true,
    outputFormat: "esmodule",
    engines: { node: ">=22" },
  };
  const manifest = path.join(project, "package.json");
  const before = readFileSync(manifest, "utf8");
  writeFileSync(
    manifest,
    JSON.stringify({
      ...JSON.parse(before),
      "@parcel/resolver-default": { packageExports: true },
      targets: { out: { ...target, distDir: folder, source: path.basename(program) } },
    }),
  );
  try {
    const command = path.join(path.dirname(resolve("parcel/package.json")), "lib/bin.js");
    const args = ["build", "--target", "out", "--no-cache", "--no-optimize", "--dist-dir", folder];
    const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...args], {
      cwd: project,
      encoding: "utf8",
    });
    if (status !== 0) throw new Error(stdout + stderr);
  } finally {
    writeFileSync(manifest, before);
  }
  return { file: path.join(folder, `${path.basename(program, ".mjs")}.js`), warnings: [] };
}
