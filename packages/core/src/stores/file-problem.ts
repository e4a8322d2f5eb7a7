import { shellQuote } from "../sources/shell-quote.ts";
import { failed } from "../sources/source.ts";

const fs = /* @__PURE__ */ process.getBuiltinModule("node:fs");
const { dirname } = /* @__PURE__ */ process.getBuiltinModule("node:path");

/** The system's code for an error, such as `ENOENT`; `undefined` where there is none. */
export function systemCode(error: unknown): string | undefined {
  const code: unknown = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : undefined;
}

/**
 * What to throw where the file system refuses: the path, the system's code, and what to do. `action` completes "… cannot
 * be". `otherwise` is what the caller can do instead. An error without a system's code comes back as it is.
 */
export function fileProblem(path: string, action: string, error: unknown, otherwise: string): unknown {
  const code = systemCode(error);
  if (code === undefined) return error;
  if (code === "ENOTDIR" || code === "EEXIST" || code === "ENOENT") {
    const inTheWay = firstNonFolder(code === "EEXIST" ? path : dirname(path));
    if (inTheWay !== undefined)
      return failed(
        `${path} cannot be ${action}: ${inTheWay} is not a folder (${code})`,
        `Remove or rename ${shellQuote(inTheWay)}, or ${otherwise}.`,
      );
  }
  return failed(`${path} cannot be ${action} (${code})`, remedyFor(code, path, otherwise));
}

function remedyFor(code: string, path: string, otherwise: string): string {
  const folder = shellQuote(dirname(path));
  if (code === "ENOSPC" || code === "EDQUOT") return `Free some space where ${folder} is, or ${otherwise}.`;
  if (code === "EROFS") return `Make ${folder} writable: it is on a read-only file system. Or ${otherwise}.`;
  if (code === "ENOENT") return `Make the folder ${folder}, or ${otherwise}.`;
  if (code === "EISDIR") return `Remove the folder ${shellQuote(path)}, or ${otherwise}.`;
  if (code === "EMFILE" || code === "ENFILE") return "Close some files, or raise the limit of open files.";
  return `Let the user of this program read and write ${folder}, or ${otherwise}.`;
}

/** What is there and is no folder, of a path and what is above it. */
function firstNonFolder(path: string): string | undefined {
  for (let here = path, below = ""; here !== below; [below, here] = [here, dirname(here)]) {
    try {
      return fs.statSync(here).isDirectory() ? undefined : here;
    } catch {
      // It is not there, or below something that is no folder either.
    }
  }
  return undefined;
}
