import { own } from "../own.ts";
import { expandHome } from "../stores/file-path.ts";
import { readPrivateFile } from "../stores/private-file.ts";
import { broken, found, type TokenSource, unavailable } from "../token-source.ts";

/** Options of {@link fromFile}. */
export interface FromFileOptions {
  /**
   * `"private"`: the file must belong to the user or root and be closed to others. `"any"`: owner and mode are not
   * looked at, for secrets that Docker or Kubernetes mount. Default: `"private"`.
   */
  readonly permissions?: "private" | "any";
  /** How long one look may take. Milliseconds. Default: 10,000. */
  readonly timeoutMs?: number;
}

/** The largest file that is read: a token of the longest kind and room for white space. Bytes. */
const longestFile = 65_536;

/**
 * Reads a token that is alone in a file, each time it is asked. A missing or blank file counts as unavailable. A file that
 * others may read, or that is no regular file, ends the search with the `chmod` to type. `~/` is the home folder. Links are followed; what they
 * lead to is what counts. On Windows, where the mode says nothing of other users, only the kind of file is looked at.
 */
export function fromFile(path: string, given: FromFileOptions = {}): TokenSource {
  const options = own(given);
  return {
    name: `file ${path}`,
    ...(options.timeoutMs !== undefined && { timeoutMs: options.timeoutMs }),
    async resolve() {
      const file = await readPrivateFile(expandHome(path), {
        links: "follow",
        maxBytes: longestFile,
        permissions: options.permissions === "any" ? "any" : "warn",
        otherwise: "name the file that holds the token",
      });
      const put = `Put the token in ${path}.`;
      if (file === undefined) return unavailable(`${path} does not exist`, put);
      if (file.problem !== undefined) {
        const { reason, command } = file.problem;
        throw broken(reason, `Run ${command}, or pass permissions: "any" if it is a mounted secret.`);
      }
      const text = new TextDecoder().decode(file.bytes);
      return text.trim() === "" ? unavailable(`${path} is empty`, put) : found(text);
    },
  };
}
