// What a packed manifest leaves out: what only this repository can use. `@auth/core` is among a provider's development
// dependencies, and on the public registry it is another library.
export const hooks = {
  beforePacking(manifest) {
    delete manifest.devDependencies;
    delete manifest.scripts;
    for (const target of Object.values(manifest.exports ?? {})) delete target["@auth/source"];
    return manifest;
  },
};
