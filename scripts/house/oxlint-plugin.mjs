// What holds the house together, as lint rules. The test of import-directions.mjs plants a violation of each.
import path from "node:path";

import { importDirections } from "./import-directions.mjs";
import { noCycle } from "./no-cycle.mjs";
import { providers, sourceModule } from "./source-module.mjs";

const noProviderInCore = {
  create(context) {
    const file = sourceModule(context.filename);
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
