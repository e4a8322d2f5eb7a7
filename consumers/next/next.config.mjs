import path from "node:path";
import process from "node:process";

// The tools are installed two folders above.
const root = path.resolve(import.meta.dirname, "../..");

export default { turbopack: { root }, outputFileTracingRoot: root, distDir: process.env["DIST_DIR"] };
