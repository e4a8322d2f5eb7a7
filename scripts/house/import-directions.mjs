// Who may import whom: the tables, and what else holds for imports. The test beside this file plants a violation of each.
import { isBuiltin } from "node:module";
import path from "node:path";

import { importRule } from "./import-rule.mjs";
import { providers, sourceModule } from "./source-module.mjs";

const leaves = [
  "back-off",
  "requests/origins",
  "runtime",
  "service/retry-after",
  "time-limit",
  "token/sha256",
];

/** In core: all that such a module may import of ours. One that is not listed may import any. */
const mayImport = {
  ...Object.fromEntries(leaves.map((leaf) => [leaf, []])),
  "untrusted/*": ["untrusted/*"],
  "requests/authorizer": ["type token/token", "type sources/attempt"],
  "sources/attempt": ["untrusted/safe-message"],
  errors: ["service/retry-after", "untrusted/safe-message", "type sources/attempt"],
  "token/token": ["token/sha256"],
  "sources/trade": ["service/call", ...leaves, "untrusted/*", "errors", "token/token", "sources/*"],
  "sources/shared-token/*": [
    ...leaves,
    "untrusted/*",
    "errors",
    "token/token",
    "sources/source",
    "sources/trade",
    "sources/shared-token/*",
    "stores/generation",
    "type stores/token-store",
  ],
  "sources/*": [
    "errors",
    "untrusted/*",
    "time-limit",
    "token/token",
    "sources/*",
    "sources/shared-token/*",
    "stores/file-path",
    "stores/private-file",
    "type stores/token-store",
  ],
  "webhooks/*": ["errors", "untrusted/*", "time-limit", "webhooks/*"],
  "requests/undici/*": ["errors", "token/token", "untrusted/*", ...leaves, "requests/*", "requests/undici/*"],
  "requests/*": ["errors", "token/token", "untrusted/*", ...leaves, "requests/*"],
};

/** In core: all who may import such a module, or package. One that is not listed may be imported by any. */
const importedBy = {
  auth: ["index", "define-provider", "type logins/*"],
  "auth-state": ["auth", "type verify", "type explain", "type service/error-of-response"],
  "token/cache": ["token/holder"],
  "token/holder": ["auth-state"],
  "requests/undici/interceptor": ["undici"],
  files: [],
  index: [],
  logins: [],
  node: [],
  redis: [],
  service: [],
  sources: [],
  undici: [],
  webhooks: [],
};

/** In core: the modules that may touch the machine. */
const touchesMachine = [
  "node",
  "sources/from-file",
  "sources/from-command",
  "sources/from-keychain",
  "sources/process-tree",
  "logins/file-slot",
  "logins/keychain-slot",
  "logins/open-login",
  "stores/file-lock",
  "stores/file-steps",
  "stores/file-path",
  "stores/file-problem",
  "stores/file-store",
  "stores/lock-holder",
  "stores/private-file",
];

/** In core: the modules that may import undici. */
const importsUndici = [
  "undici",
  "type requests/undici/interceptor",
  "type requests/undici/headers",
  "type requests/undici/pending-controller",
  "type requests/undici/authorized-handler",
];

const forTests = "what is for tests is imported only by tests";

export const importDirections = importRule((file, specifier, typeOnly) => {
  const reason = objection(file, specifier, typeOnly);
  return reason && `Import direction: ${reason}.`;
});

/** Why a module must not have this import, or nothing. */
function objection(importer, specifier, typeOnly) {
  const { parent, folder, folderPath, isTest } = importer;
  const target = specifier.startsWith(".") ? sourceModule(path.resolve(folderPath, specifier)) : undefined;

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
  if (folder === "core") return objectionInCore(importer.module, specifier, target?.module, typeOnly);
  if (providers.includes(folder)) return objectionInProvider(importer, specifier, target?.module);
  return undefined;
}

function objectionInCore(module, specifier, target, typeOnly) {
  if (isBuiltin(specifier) && !touchesMachine.includes(module))
    return `core runs everywhere: only ${touchesMachine.join(", ")} may import node:`;
  if (specifier === "undici" && !matches(importsUndici, module, typeOnly))
    return "core knows no client: only requests/undici may import undici, as types";
  if (target === undefined) return undefined;
  const [, imports] = Object.entries(mayImport).find(([files]) => matches([files], module)) ?? [];
  if (imports && !matches(imports, target, typeOnly))
    return `${module} may import ${imports.join(", ") || "nothing of ours"}, not ${target}`;
  const importers = importedBy[target];
  if (importers && !matches(importers, module, typeOnly))
    return `${target} may be imported by ${importers.join(", ") || "no other module"}, not by ${module}`;
  return undefined;
}

function objectionInProvider({ module, declared }, specifier, target) {
  // A fake service goes out with the package, to those who have no test runner.
  if (module.startsWith("testing/"))
    return specifier === "@auth/testing" ? "a fake service imports @auth/testing/loopback" : undefined;
  // The command: `fake` starts the fake service, and whatever serves a person at a terminal touches the machine.
  if (isCommand(module)) return undefined;
  if (isCommand(target)) return "the command is for a person at a terminal: no library module imports it";
  if (target?.startsWith("testing/")) return forTests;
  if (isForNode(target) && !isForNode(module))
    return "what is for Node.js alone is imported only by src/node.ts, src/node/**, and a #name in package.json";
  if (isBuiltin(specifier) || specifier === "@auth/core/node" || specifier === "@auth/core/files") {
    if (declared.touchesMachine || isForNode(module)) return undefined;
    return `this provider runs everywhere: ${specifier} belongs in src/node.ts, src/node/** or src/testing; a package that touches the machine in all of it says "auth": { "runsOn": "node" } in its package.json`;
  }
  const allowed = [
    "@auth/core",
    "@auth/core/logins",
    "@auth/core/service",
    "@auth/core/webhooks",
    ...(module === "sources" ? ["@auth/core/sources"] : []),
    ...(module === "undici" ? ["@auth/core/undici"] : []),
    ...declared.libraries,
  ];
  // A name of the package's own: "imports" in its package.json says which file it is in which runtime.
  if (target === undefined && !specifier.startsWith("#") && !allowed.includes(specifier))
    return `a provider is data: it imports its own files and ${allowed.join(", ")}; core sends`;
  return undefined;
}

/** Of a provider: its command, src/cli.ts and src/cli/**. */
function isCommand(module) {
  return module === "cli" || module?.startsWith("cli/");
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
