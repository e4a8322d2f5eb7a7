import { type ChildProcess, spawn } from "node:child_process";
import { lstat } from "node:fs/promises";
import path from "node:path";

import { parseJson } from "../untrusted/json.ts";
import { ownProperties } from "../untrusted/own-properties.ts";
import { failed, found, type SourceResult, type TokenSource, unavailable } from "./source.ts";
import { processTree } from "./process-tree.ts";

/** Options of {@link fromCommand}. */
export interface FromCommandOptions {
  /** Names of environment variables that the command gets besides PATH and HOME. Default: none. */
  readonly env?: readonly string[];
  /** Folder in which it runs. Default: the program's own. */
  readonly cwd?: string;
  /** How long it may take. Milliseconds. Default: 10,000. */
  readonly timeoutMs?: number;
  /**
   * What it means that there is no such command. `"failed"`: the search ends, as for any command that somebody has named.
   * `"unavailable"`: the next source is asked, for a tool that not everybody has. One that is there and cannot be run fails
   * in either case. Default: `"failed"`.
   */
  readonly whenMissing?: "failed" | "unavailable";
  /**
   * What the command's end means where it is not a failure: a tool that is there and not logged in ends with one of these exit
   * codes, and the next source is asked.
   */
  readonly unavailableWhen?: { readonly exitCode: number | readonly number[] };
  /**
   * What the user can do where the command has no token, in one imperative sentence: `Run acme login.` Default: to install it, or
   * to run it by hand.
   */
  readonly remedy?: string;
}

/** The longest output that is read: the longest token, and room for JSON around it. Bytes. */
const longestOutput = 65_536;

/** What a program needs in order to run at all. None of it is a secret. */
const plainEnv =
  process.platform === "win32"
    ? ["PATH", "SystemRoot", "USERPROFILE", "APPDATA", "LOCALAPPDATA"]
    : ["PATH", "HOME"];

/**
 * Runs a command and takes what it prints for the token: plain, or as JSON `{ "token": …, "expiresAt": … }` with the
 * expiry in milliseconds since the epoch or as ISO 8601. No shell is involved, so arguments are passed as they are. The
 * command is a name to find on PATH, or an absolute path. It has no input; nothing of its output gets into an error.
 *
 * When it takes too long, or prints too much, it is ended with every process that it has started, those with a session of
 * their own among them.
 */
export function fromCommand(
  file: string,
  args: readonly string[],
  given: FromCommandOptions = {},
): TokenSource {
  const options = ownProperties(given);
  return {
    name: `command ${file}`,
    ...(options.timeoutMs !== undefined && { timeoutMs: options.timeoutMs }),
    async resolve({ env, signal }) {
      if (/[/\\]/.test(file) && !path.isAbsolute(file)) {
        throw failed(
          `${file} is a relative path, which depends on the folder`,
          "Give the command's name or absolute path.",
        );
      }
      const passed = Object.fromEntries(
        [...plainEnv, ...(options.env ?? [])].flatMap((name) =>
          Object.hasOwn(env, name) && env[name] !== undefined ? [[name, env[name]]] : [],
        ),
      );
      const child = spawn(file, [...args], {
        env: passed,
        ...(options.cwd !== undefined && { cwd: options.cwd }),
        detached: process.platform !== "win32",
        shell: false,
        stdio: ["ignore", "pipe", "ignore"],
        windowsHide: true,
      });
      const byHand = options.remedy ?? `Run ${file} by hand to see what it needs.`;
      try {
        const { code, output, how } = await outputOf(child, file, signal);
        if (code === 0) return readToken(output, file, byHand);
        if (isAmong(code, options.unavailableWhen))
          return unavailable(`${file} ${how}: it has no token`, byHand);
        throw failed(`${file} ${how} and ${output.length} bytes of output`, byHand);
      } catch (error) {
        if (options.whenMissing !== "unavailable" || child.pid !== undefined) throw error;
        if (await isThere(file, passed["PATH"], options.cwd)) throw error;
        return unavailable(`${file} is not installed`, options.remedy ?? `Install ${file}.`);
      }
    },
  };
}

/**
 * Whether something is there that could not be started: a file without permission to run, a link or a script that leads
 * nowhere. For all of these, and for a missing folder to run in, the platform may say that there is no such command.
 */
async function isThere(
  file: string,
  searched: string | undefined,
  cwd: string | undefined,
): Promise<boolean> {
  const exists = (place: string): Promise<boolean> =>
    lstat(place).then(
      () => true,
      ({ code }: NodeJS.ErrnoException) => code !== "ENOENT" && code !== "ENOTDIR",
    );
  if (cwd !== undefined && !(await exists(cwd))) return true;
  const places = path.isAbsolute(file)
    ? [file]
    : (searched ?? "")
        .split(path.delimiter)
        .flatMap((folder) => (folder === "" ? [] : [path.join(folder, file)]));
  return (await Promise.all(places.map(exists))).includes(true);
}

function isAmong(code: number | null, when: FromCommandOptions["unavailableWhen"]): boolean {
  return when !== undefined && code !== null && [when.exitCode].flat().includes(code);
}

/** How a command ended. */
interface Ending {
  /** `null`: by a signal. */
  readonly code: number | null;
  /** `ended with code 1` */
  readonly how: string;
  readonly output: Buffer;
}

function outputOf(child: ChildProcess, file: string, signal: AbortSignal): Promise<Ending> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const tree = processTree(child);
    const giveUp = (reason: unknown): void => {
      tree.end();
      child.stdout?.destroy();
      reject(reason);
    };
    const abort = (): void => giveUp(signal.reason);
    signal.addEventListener("abort", abort, { once: true });

    child.stdout?.on("data", (chunk: Buffer) => {
      size += chunk.length;
      chunks.push(chunk);
      if (size > longestOutput) {
        giveUp(
          failed(
            `${file} printed more than ${longestOutput} bytes`,
            "Have it print the token and nothing else.",
          ),
        );
      }
    });
    child.on("error", ({ code }: NodeJS.ErrnoException) => {
      signal.removeEventListener("abort", abort);
      reject(
        failed(
          `${file} could not be started (${code ?? "no reason given"})`,
          `Install ${file}, or correct its name.`,
        ),
      );
    });
    child.on("close", (code, killedBy) => {
      signal.removeEventListener("abort", abort);
      const how = `ended ${code === null ? `by ${killedBy}` : `with code ${code}`}`;
      resolve({ code, how, output: Buffer.concat(chunks) });
    });
  });
}

function readToken(output: Buffer, file: string, byHand: string): SourceResult {
  const text = output.toString("utf8").trim();
  if (text === "") return unavailable(`${file} printed nothing`, byHand);
  if (!text.startsWith("{")) return found(text);
  const { token, expiresAt } = fields(text, file);
  if (typeof token !== "string") {
    throw failed(
      `${file} printed JSON without a token`,
      'Have it print the token, or {"token": …, "expiresAt": …}.',
    );
  }
  if (expiresAt === undefined || expiresAt === null) return found(token);
  const at = typeof expiresAt === "string" ? Date.parse(expiresAt) : expiresAt;
  if (typeof at !== "number" || !Number.isFinite(at)) {
    throw failed(
      `${file} printed an expiry that is no time`,
      "Have it print expiresAt in milliseconds or as ISO 8601.",
    );
  }
  return found(token, { expiresAt: at });
}

function fields(text: string, file: string): { readonly token?: unknown; readonly expiresAt?: unknown } {
  try {
    return parseJson(text) as object;
  } catch {
    throw failed(
      `${file} printed something that begins like JSON and is none`,
      "Have it print the token, or valid JSON.",
    );
  }
}
