import { readFileSync, rmSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { defineConfig, type Options } from "tsup";

type Plugin = NonNullable<Options["esbuildPlugins"]>[number];

type Targets = Record<string, string | { "@auth/source": string | Record<string, string> }>;

// The one build configuration, run in each package's folder. What a package exports is what gets built, and what it
// imports by a name of its own, which leads to another file in another runtime.
const { exports, imports, bin, peerDependencies } = JSON.parse(
  readFileSync("package.json", "utf8"),
) as Record<string, Targets>;
const sources = Object.values({ ...exports, ...imports }).flatMap((entry) => {
  if (typeof entry === "string") return [];
  const source = entry["@auth/source"];
  return typeof source === "string" ? [source] : Object.values(source);
});
// The command of the package: nothing imports it.
const commands = Object.values((bin ?? {}) as Record<string, string>).map((file) =>
  file.replace("./dist/", "./src/").replace(/js$/, "ts"),
);

/**
 * esbuild makes one file of the modules that the same entries and `import()`s reach, and each file costs more to import than
 * what is in it. Here everything reaches what the main entry uses, so that what a program loads with it is one file and not
 * ten; what only other entries use stays with those. Other bundlers still take apart what is in it: it is code without side
 * effects.
 */
const mainEntryInOneFile: Plugin = {
  name: "main-entry-in-one-file",
  async setup(build) {
    const name = "main-entry";
    const used = await modulesOfMainEntry(build);
    build.initialOptions.inject = [name];
    build.onResolve({ filter: /^main-entry$/ }, () => ({ path: name, namespace: name, sideEffects: true }));
    build.onLoad({ filter: /./, namespace: name }, () => ({
      contents: used.map((file) => `import ${JSON.stringify(file)};`).join("\n"),
      resolveDir: process.cwd(),
    }));
    build.onResolve(
      { filter: /^(\.|\/|@auth\/)/ },
      async ({ path: given, kind, importer, resolveDir, pluginData }) => {
        if (pluginData === name) return undefined;
        const found = await build.resolve(given, { kind, importer, resolveDir, pluginData: name });
        // That a module has no side effects would let esbuild forget who reaches it.
        if (used.includes(found.path)) return { ...found, sideEffects: true };
        // A list of exports reaches all that it names: what the main entry uses sees a list of that alone.
        const isList = used.includes(importer) && found.path === path.resolve("../core/src/index.ts");
        return isList ? { ...found, namespace: "used-exports" } : found;
      },
    );
    build.onLoad({ filter: /./, namespace: "used-exports" }, ({ path: file }) => ({
      contents: readFileSync(file, "utf8").replaceAll(
        /^export \{[^}]*\} from "(.+)";$/gm,
        (line, from: string) => (used.includes(path.resolve(file, "..", from)) ? line : ""),
      ),
      loader: "ts",
      resolveDir: path.dirname(file),
    }));
  },
};

/** The modules of which the main entry alone, built as a bundler would, loads something at once. */
async function modulesOfMainEntry({
  esbuild,
  initialOptions,
}: Parameters<Plugin["setup"]>[0]): Promise<string[]> {
  const source = "src/index.ts";
  const { metafile } = await esbuild.build({
    ...initialOptions,
    entryPoints: [source],
    plugins: initialOptions.plugins?.filter(({ name }) => name === "external") ?? [],
    metafile: true,
    write: false,
  });
  const loaded = Object.entries(metafile.outputs).flatMap(([file, { entryPoint }]) =>
    entryPoint === source ? [file] : [],
  );
  // What an `import()` leads to shares files with it.
  for (const file of loaded) {
    for (const { path: next, kind } of metafile.outputs[file]?.imports ?? [])
      if (kind === "import-statement" && next in metafile.outputs && !loaded.includes(next))
        loaded.push(next);
  }
  return loaded
    .flatMap((file) => Object.entries(metafile.outputs[file]?.inputs ?? {}))
    .filter(([file, { bytesInOutput }]) => bytesInOutput > 0 || file === source)
    .map(([file]) => path.resolve(file));
}

/** A program that only receives webhooks has no auth, and its bundle nothing of one: this entry shares no file with the others. */
const apart = (source: string): boolean => source === "./src/webhooks.ts";

rmSync("dist", { recursive: true, force: true });

const shared: Options = {
  format: ["esm"],
  target: "node22",
  platform: "node",
  splitting: true,
  sourcemap: true,
  removeNodeProtocol: false,
  silent: true,
  // `@auth/core` on the public registry is another library, so ours is bundled, from its sources.
  noExternal: [/^@auth\//],
  // Native, and loaded only where a program uses the keychain; and what the runtime is to choose.
  external: ["@napi-rs/keyring", /^#/],
  esbuildOptions(options) {
    options.conditions = ["@auth/source"];
  },
};

/** "./src/testing/index.ts" becomes dist/testing/index.js */
function entryOf(files: readonly string[]): Record<string, string> {
  return Object.fromEntries(files.map((source) => [source.slice("./src/".length, -".ts".length), source]));
}

export default defineConfig(
  [
    {
      ...shared,
      entry: entryOf([...sources, ...commands].filter((source) => !apart(source))),
      // What goes into fake services must not load the test runner that the main entry of @auth/testing needs.
      esbuildPlugins: peerDependencies?.["vitest"] === undefined ? [mainEntryInOneFile] : [],
    },
    { ...shared, splitting: false, entry: entryOf(sources.filter(apart)) },
  ].filter(({ entry }) => Object.keys(entry).length > 0),
);
