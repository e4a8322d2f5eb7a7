import { existsSync } from "node:fs";
import path from "node:path";

// What a packed manifest leaves out, of those that scripts/package/stage-package.mjs lays out: what only this repository can use. `@auth/core` is among a provider's development
// dependencies, and on the public registry it is another library.
export const hooks = {
  beforePacking(manifest, folder) {
    if (!existsSync(path.join(folder, "dist")))
      throw new Error("There is no dist folder: run npm run build first.");
    delete manifest.devDependencies;
    delete manifest.scripts;
    for (const target of Object.values({ ...manifest.exports, ...manifest.imports }))
      delete target["@auth/source"];
    return manifest;
  },
};
