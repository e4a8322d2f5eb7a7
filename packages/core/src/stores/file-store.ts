import { isJsonObject } from "../untrusted/own-field.ts";
import { parseJson } from "../untrusted/json.ts";
import { failed } from "../sources/source.ts";
import { claimed, type ClaimState, published, refusal, released, storedRecord } from "./claim-state.ts";
import { type FileLock, withFileLock } from "./file-lock.ts";
import { fileProblem, systemCode } from "./file-problem.ts";
import { secretFilePath } from "./file-path.ts";
import { makePrivateFolder, readPrivateFile } from "./private-file.ts";
import type { TokenStore } from "./token-store.ts";

const fs = /* @__PURE__ */ process.getBuiltinModule("node:fs");
const { dirname } = /* @__PURE__ */ process.getBuiltinModule("node:path");

/** States by key. */
type States = Readonly<Record<string, ClaimState>>;

/** What to do instead, in the remedies of the lock and the file. */
const otherwise = "give fileStore another path";

/**
 * A store for the processes of one machine, and of those that share a folder: one JSON file, for its user alone (mode 0600),
 * which holds tokens as they are. Its folder is made where it is missing. The file is always whole; a process that dies or
 * stands still at any point leaves nothing for a person to clean up, and ends with its claim. The clock is that of the file
 * system.
 *
 * The path is absolute, or begins with `~/`. Any number of keys may share a file. On a network file system it takes one that renames folders in one step, as NFS does.
 */
export function fileStore(path: string): TokenStore {
  if (typeof path !== "string" || path === "")
    throw failed("fileStore was given no path", "Give fileStore the path of a file.");
  const file = secretFilePath(path, "the path of fileStore");

  async function states(): Promise<States> {
    const found = await readPrivateFile(file, { otherwise });
    return found === undefined ? {} : statesIn(found.bytes, file);
  }

  /** The state of a key, and the time by the file system's clock. */
  async function look(key: string): Promise<{ readonly state?: ClaimState; readonly now: number }> {
    const state = stateOf(await states(), key);
    return state === undefined ? { now: 0 } : { state, now: timeOf(file) };
  }

  /** Runs what may change the state of a key, alone. What it gives `state` is on the disk when this resolves. */
  async function change<T>(
    key: string,
    task: (
      state: ClaimState | undefined,
      now: number,
    ) => { readonly state?: ClaimState | undefined; readonly answer: T },
  ): Promise<T> {
    makePrivateFolder(dirname(file), otherwise);
    return withFileLock(
      file,
      async (lock: FileLock) => {
        const before = await states();
        const { state, answer } = task(stateOf(before, key), lock.now());
        if (state !== undefined) {
          const keys = Object.fromEntries([...Object.entries(before), [key, state]]);
          lock.replace(file, `${JSON.stringify({ keys }, null, 1)}\n`);
        }
        return answer;
      },
      { otherwise, leaseMs: 3_000, waitMs: 5_000 },
    );
  }

  return {
    name: `file ${file}`,
    async read(key) {
      const { state, now } = await look(key);
      return storedRecord(state, now);
    },
    async claim(key, wish) {
      // Most who ask are refused, and need no lock for that.
      const { state, now } = await look(key);
      return refusal(state, now, wish) ?? change(key, (latest, at) => claimed(latest, at, key, wish));
    },
    publish: (claim, record) =>
      change(claim.key, (latest, now) => {
        const state = published(latest, now, claim, record);
        return { state, answer: state !== undefined };
      }),
    release: (claim, options = {}) =>
      change(claim.key, (latest, now) => ({
        state: released(latest, now, claim, options.notBeforeAt),
        answer: undefined,
      })),
  };
}

function statesIn(bytes: Uint8Array, file: string): States {
  try {
    const parsed = parseJson(new TextDecoder().decode(bytes));
    if (isJsonObject(parsed) && isJsonObject(parsed["keys"])) return parsed["keys"] as unknown as States;
  } catch {
    // Told below, without what it holds.
  }
  throw failed(`${file} holds no tokens of a store`, `Remove the file, or ${otherwise}.`);
}

function stateOf(states: States, key: string): ClaimState | undefined {
  return Object.hasOwn(states, key) ? states[key] : undefined;
}

/** The time by the file system's clock: that of writing what the first byte of the file is anyhow. */
function timeOf(file: string): number {
  const { O_WRONLY, O_NOFOLLOW } = fs.constants;
  try {
    const handle = fs.openSync(file, O_WRONLY | O_NOFOLLOW);
    try {
      fs.writeSync(handle, "{", 0);
      return fs.fstatSync(handle).mtimeMs;
    } finally {
      fs.closeSync(handle);
    }
  } catch (error) {
    throw systemCode(error) === undefined ? error : fileProblem(file, "written", error, otherwise);
  }
}
