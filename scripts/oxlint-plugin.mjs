// The directions of imports, and what else holds the house together, as lint rules: who may import whom is the tables
// below. The test beside this file plants a violation of each.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import path from "node:path";

const root = path.dirname(import.meta.dirname);

const leaves = [
  "abortable",
  "authorizer",
  "json",
  "mask",
  "origin",
  "own",
  "read-body",
  "runtime",
  "safe-message",
  "sha256",
  "source-attempt",
  "time-limit",
];

/** In core: all that such a module may import of ours. One that is not listed may import any. */
const mayImport = {
  ...Object.fromEntries(leaves.map((leaf) => [leaf, []])),
  errors: ["type source-attempt"],
  token: ["sha256"],
  "sources/*": ["errors", "json", "own", "token", "token-source", "variable", "sources/*"],
  "adapters/*": ["errors", "token", ...leaves, "adapters/*", "type auth"],
};

/** In core: all who may import such a module, or package. One that is not listed may be imported by any. */
const importedBy = {
  auth: ["index", "provider", "type adapters/*"],
  "lazy-token-cache": ["auth"],
  "token-cache": ["token-search"],
  "token-search": ["lazy-token-cache", "type auth", "type token-authorizer"],
  "adapters/undici": ["undici"],
  index: [],
  node: [],
  service: [],
  undici: [],
};

/** In core: the modules that may touch the machine. */
const touchesMachine = ["node", "sources/from-file", "sources/from-command", "sources/from-keychain"];

/**
 * What a package says of itself under `auth` in its package.json. `runsOn: "node"`: all of it touches the machine, and so it
 * runs on Node.js, Bun and Deno; the others run everywhere. `libraries`: what its sources may import beside core.
 */
export function declaredIn(folder) {
  const manifest = path.join(folder, "package.json");
  const { auth = {} } = existsSync(manifest) ? JSON.parse(readFileSync(manifest, "utf8")) : {};
  return { touchesMachine: auth.runsOn === "node", libraries: auth.libraries ?? [] };
}

const foldersOf = (parent) =>
  existsSync(path.join(root, parent)) ? readdirSync(path.join(root, parent)) : [];
const providers = foldersOf("packages").filter((folder) => !["core", "testing"].includes(folder));
const exampleProviders = "examples/providers";

const forTests = "what is for tests is imported only by tests";

/** Why a module must not have this import, or nothing. */
function objection(importer, specifier, typeOnly) {
  const { parent, folder, module, isTest, declared } = importer;
  const target = specifier.startsWith(".") ? locate(path.resolve(importer.folderPath, specifier)) : undefined;

  if (specifier.startsWith(".")) {
    if (target?.parent !== parent || target.folder !== folder)
      return "a package's files are its own: import the entry point of the package instead";
  } else if (/^@auth\/[^/]+\/(src|dist)\b/.test(specifier)) {
    return "a package is imported by one of its entry points";
  }
  const [, packageId] = /^@auth\/([^/]+)/.exec(specifier) ?? [];

  if (parent === "apps") return undefined;
  if (providers.includes(packageId) && packageId !== folder)
    return folder === "core" ? "core knows no provider" : "a package never imports another provider";
  if (isTest) return undefined;
  if (target?.isTest) return forTests;

  if (folder === "core") {
    if (isBuiltin(specifier) && !touchesMachine.includes(module))
      return `core runs everywhere: only ${touchesMachine.join(", ")} may import node:`;
    if (
      specifier === "undici" &&
      !matches(
        [
          "undici",
          "type adapters/undici",
          "type adapters/undici-headers",
          "type adapters/undici-hold",
          "type adapters/undici-refusal",
        ],
        module,
        typeOnly,
      )
    )
      return "core knows no client: only adapters/undici and its parts may import undici, as types";
    if (target) {
      const [, imports] = Object.entries(mayImport).find(([files]) => matches([files], module)) ?? [];
      if (imports && !matches(imports, target.module, typeOnly))
        return `${module} may import ${imports.join(", ") || "nothing of ours"}, not ${target.module}`;
      const importers = importedBy[target.module];
      if (importers && !matches(importers, module, typeOnly))
        return `${target.module} may be imported by ${importers.join(", ") || "no other module"}, not by ${module}`;
    }
  } else if (providers.includes(folder) || parent === exampleProviders) {
    // A fake service goes out with the package, to those who have no test runner.
    if (module.startsWith("testing/"))
      return specifier === "@auth/testing" ? "a fake service imports @auth/testing/loopback" : undefined;
    if (target?.module.startsWith("testing/")) return forTests;
    if (isForNode(target?.module) && !isForNode(module))
      return "what is for Node.js alone is imported only by src/node.ts, src/node/**, and a #name in package.json";
    if (isBuiltin(specifier)) {
      if (declared.touchesMachine || isForNode(module)) return undefined;
      return 'this provider runs everywhere: node: belongs in src/node.ts, src/node/**, src/testing, or in core\'s sources; a package that touches the machine in all of it says "auth": { "runsOn": "node" } in its package.json';
    }
    const allowed = [
      "@auth/core",
      "@auth/core/node",
      "@auth/core/service",
      ...(module === "undici" ? ["@auth/core/undici"] : []),
      ...declared.libraries,
    ];
    // A name of the package's own: "imports" in its package.json says which file it is in which runtime.
    if (!target && !specifier.startsWith("#") && !allowed.includes(specifier))
      return `a provider is data: it imports its own files and ${allowed.join(", ")}; core sends`;
  }
  return undefined;
}

/** Of a provider: the entry `./node` and its parts, which may touch the machine. */
function isForNode(module) {
  return module === "node" || module?.startsWith("node/");
}

/** Is the module in the list? `type auth`: for imports of types only. `sources/*`: a file of that folder. */
function matches(list, module, typeOnly = true) {
  return list.some((item) => {
    const [, type, name] = /^(type )?(.*)$/.exec(item);
    if (type && !typeOnly) return false;
    return name.endsWith("/*") ? path.posix.dirname(module) === name.slice(0, -2) : module === name;
  });
}

/**
 * packages/core/src/sources/from-env.ts → the module `sources/from-env` of `core`, in `packages`. An example provider's folder
 * is shaped like a package's src: examples/providers/tessera/classify.ts → the module `classify` of `tessera`.
 */
function locate(filename) {
  const relative = path.relative(root, filename).split(path.sep).join("/");
  const [, parent, folder, rest] =
    /^(packages|apps)\/([^/]+)\/src\/(.*)$/.exec(relative) ??
    /^(examples\/providers)\/([^/]+)\/(.*)$/.exec(relative) ??
    [];
  if (parent === undefined) return undefined;
  const module = rest.replace(/\.ts$/, "");
  return {
    path: filename,
    folderPath: path.dirname(filename),
    parent,
    folder,
    module,
    isTest: /\.test(-d)?$|^fixtures\//.test(module),
    declared: declarationOf(
      parent === "packages" ? path.join(root, parent, folder) : path.join(root, "examples"),
    ),
  };
}

const declarations = new Map();
function declarationOf(folder) {
  if (!declarations.has(folder)) declarations.set(folder, declaredIn(folder));
  return declarations.get(folder);
}

/** A rule that is asked about each import of a file: its specifier, and whether it is of types only. */
const importRule = (objectionTo) => ({
  create(context) {
    const file = locate(context.filename);
    if (!file) return {};
    const check = (source, typeOnly) => {
      if (source?.type !== "Literal") return;
      const message = objectionTo(file, source.value, typeOnly);
      if (message) context.report({ node: source, message });
    };
    return {
      ImportDeclaration: (node) => check(node.source, node.importKind === "type"),
      ExportNamedDeclaration: (node) => check(node.source, node.exportKind === "type"),
      ExportAllDeclaration: (node) => check(node.source, node.exportKind === "type"),
      ImportExpression: (node) => check(node.source, false),
      TSImportType: (node) => check(node.source, true),
    };
  },
});

const importDirections = importRule((file, specifier, typeOnly) => {
  const reason = objection(file, specifier, typeOnly);
  return reason && `Import direction: ${reason}.`;
});

// oxlint's own import/no-cycle follows neither import() nor import types, and its import rules read dist/, which a build
// may be writing at that moment.
const noCycle = importRule((file, specifier) => {
  if (!specifier.startsWith(".")) return undefined;
  const cycle = wayBack(path.resolve(file.folderPath, specifier), file.path);
  return cycle && `Import cycle: ${[file.path, ...cycle].map((each) => path.basename(each)).join(" → ")}.`;
});

/** The chain of relative imports from one file to another, both included. */
function wayBack(from, to, seen = new Set()) {
  if (from === to) return [to];
  if (seen.has(from)) return undefined;
  seen.add(from);
  for (const next of relativeImports(from)) {
    const rest = wayBack(next, to, seen);
    if (rest) return [from, ...rest];
  }
  return undefined;
}

const importsRead = new Map();
function relativeImports(file) {
  if (!importsRead.has(file)) {
    const source = existsSync(file)
      ? readFileSync(file, "utf8").replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "")
      : "";
    const specifiers = source.matchAll(/\b(?:from|import)\s*\(?\s*"(\.[^"]+)"/g);
    importsRead.set(
      file,
      Array.from(specifiers, ([, specifier]) => path.resolve(path.dirname(file), specifier)),
    );
  }
  return importsRead.get(file);
}

const noProviderInCore = {
  create(context) {
    const file = locate(context.filename);
    if (file?.folder !== "core" || file.isTest) return {};
    const check = (node, text) => {
      const words = text.replace(/([a-z])([A-Z])/g, "$1 $2");
      const id = providers.find((provider) => new RegExp(`(?<![a-z])${provider}(?![a-z])`, "i").test(words));
      if (id) context.report({ node, message: `Core names no provider: "${id}" belongs in packages/${id}.` });
    };
    return {
      Literal: (node) => typeof node.value === "string" && check(node, node.value),
      TemplateElement: (node) => check(node, node.value.raw),
      Identifier: (node) => check(node, node.name),
    };
  },
};

const noDefaultExport = {
  create: (context) => ({
    ExportDefaultDeclaration: (node) => context.report({ node, message: "Export by name." }),
  }),
};

const noExportAll = {
  create: (context) => ({
    ExportAllDeclaration: (node) =>
      context.report({ node, message: "Name what is exported: `export *` shows no change in a review." }),
  }),
};

const noDrawer = {
  create: (context) => ({
    Program(node) {
      const name = path.basename(context.filename).split(".")[0];
      if (["utils", "util", "helpers", "common", "misc", "types", "constants"].includes(name))
        context.report({ node, message: `A file is named after its main export; "${name}" is a drawer.` });
    },
  }),
};

export default {
  meta: { name: "house" },
  rules: {
    "import-directions": importDirections,
    "no-cycle": noCycle,
    "no-default-export": noDefaultExport,
    "no-drawer": noDrawer,
    "no-export-all": noExportAll,
    "no-provider-in-core": noProviderInCore,
  },
};
