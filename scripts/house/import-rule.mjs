import { sourceModule } from "./source-module.mjs";

/** A rule that is asked about each import of a file: its specifier, and whether it is of types only. */
export const importRule = (objectionTo) => ({
  create(context) {
    const file = sourceModule(context.filename);
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
