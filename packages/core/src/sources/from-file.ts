import { ignoreRejection } from "../untrusted/ignore-rejection.ts";
import { ownProperties } from "../untrusted/own-properties.ts";
import { expandHome } from "../stores/file-path.ts";
import { type PrivacyProblem, type PrivateFile, readPrivateFile } from "../stores/private-file.ts";
import { failed, found, type TokenSource, unavailable } from "./source.ts";
import { variable } from "./variable.ts";

const { dirname, isAbsolute, resolve } = /* @__PURE__ */ process.getBuiltinModule("node:path");

/** Options of {@link fromFile}. */
export interface FromFileOptions {
  /**
   * `"private"`: the file must belong to the user or root and be closed to others. `"warn"`: a file that is not is read all the
   * same, and `explain` warns of it with the command to type. `"any"`: owner and mode are not looked at, for secrets that Docker
   * or Kubernetes mount. Default: `"private"`.
   */
  readonly permissions?: "private" | "warn" | "any";
  /**
   * Gives the token of a file that holds more than that, or `undefined` where it holds none, which counts as unavailable. A
   * thrown error means that the file is broken; nothing of it is shown. Default: the whole text is the token.
   */
  readonly parse?: (text: string) => string | undefined;
  /**
   * What the user can do where there is no token in the file, in one imperative sentence: `Run acme login.` Default: to put the
   * token there. With it, remedies no longer speak of the options of `fromFile`, which the user of a provider does not pass.
   */
  readonly remedy?: string;
  /** How long one look may take. Milliseconds. Default: 10,000. */
  readonly timeoutMs?: number;
}

/** The largest file that is read: a token of the longest kind and room for white space. Bytes. */
const longestFile = 65_536;
/** The same where there is more than a token in it. Bytes. */
const longestParsedFile = 1_048_576;

/**
 * Reads a token from a file, each time it is asked: one that is alone in it, or what `parse` makes of it. A missing or blank
 * file counts as unavailable. A file that others may read, or that is no regular file, ends the search with the `chmod` to
 * type, but for what systemd hands to a unit in `$CREDENTIALS_DIRECTORY`, which the group may read. `~/` is the home folder. Links are followed; what they lead to is what counts. On Windows, where the mode says nothing
 * of other users, only the kind of file is looked at. UTF-8, with or without a byte order mark.
 */
export function fromFile(path: string, given: FromFileOptions = {}): TokenSource {
  const options = ownProperties(given);
  const { permissions = "private", parse, remedy = `Put the token in ${path}.` } = options;
  return {
    name: `file ${path}`,
    ...(options.timeoutMs !== undefined && { timeoutMs: options.timeoutMs }),
    async resolve({ env }) {
      const place = expandHome(path);
      const file = await readPrivateFile(place, {
        links: "follow",
        groupMayRead: isCredential(place, variable(env, "CREDENTIALS_DIRECTORY")),
        maxBytes: parse === undefined ? longestFile : longestParsedFile,
        permissions: permissions === "any" ? "any" : "warn",
        otherwise:
          options.remedy === undefined
            ? "name the file that holds the token"
            : "take the token from elsewhere",
      });
      if (file === undefined) return unavailable(`${path} does not exist`, remedy);
      const { problem } = file;
      if (problem !== undefined && permissions !== "warn")
        throw failed(problem.reason, remedyFor(problem, options.remedy === undefined));
      const text = textOf(file, path);
      if (text.trim() === "") return unavailable(`${path} is empty`, remedy);
      const token = parse === undefined ? text : parsed(text, parse, path, options.remedy);
      if (token === undefined || token.trim() === "") return unavailable(`${path} holds no token`, remedy);
      return found(token, problem && { warning: `${problem.reason}. Run ${problem.command}.` });
    },
  };
}

/** systemd keeps what it hands to a unit in a folder that is closed to others, with files that their group may read. */
function isCredential(file: string, folder: string | undefined): boolean {
  return folder !== undefined && isAbsolute(folder) && dirname(resolve(file)) === resolve(folder);
}

function remedyFor({ kind, owner, command }: PrivacyProblem, isOwn: boolean): string {
  const otherwise = isOwn ? ', or pass permissions: "any" if it is a mounted secret' : "";
  // In a container, somebody's home is another user's: to take it over would lock them out.
  return kind === "owner" && owner !== undefined
    ? `Run the program as user ${owner}, whose file it is, or run ${command}${otherwise}.`
    : `Run ${command}${otherwise}.`;
}

/** What Windows PowerShell writes with `>` is UTF-16, which reads as a token with a blank between its letters. */
function textOf({ bytes }: PrivateFile, path: string): string {
  const [first, second] = bytes;
  const hasMark = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  if (hasMark || bytes.includes(0)) {
    const encoding = hasMark ? "UTF-16" : "UTF-16, or no text at all";
    throw failed(`${path} is ${encoding}, not UTF-8`, `Save ${path} as UTF-8.`);
  }
  // Skips a byte order mark.
  return new TextDecoder().decode(bytes);
}

function parsed(
  text: string,
  parse: (text: string) => string | undefined,
  path: string,
  remedy = `Mend ${path}, or name another file.`,
): string | undefined {
  let token: unknown;
  try {
    token = parse(text);
  } catch {
    // Not a cause either: its message may quote the file.
    throw failed(`${path} cannot be read as the file that it should be`, remedy);
  }
  if (token === undefined || token === null || typeof token === "string") return token ?? undefined;
  ignoreRejection(token);
  throw failed(`${path} holds something that is no token`, remedy);
}
