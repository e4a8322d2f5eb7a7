import { fs, process } from "../platform.ts";

/** The process that started this one, the one that started that, and so on. Each is looked up when it is asked for. */
export function* parentProcesses(): Generator<number, void, undefined> {
  const parentOf =
    process.platform === "linux" ? parentInProc : process.platform === "win32" ? noParent : parentsInPs();
  const seen = new Set<number>();
  for (
    let pid: number | undefined = process.ppid;
    pid !== undefined && pid > 0 && !seen.has(pid);
    pid = parentOf(pid)
  ) {
    seen.add(pid);
    yield pid;
  }
}

/** By Linux's `/proc`. */
export function parentInProc(pid: number): number | undefined {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field is a program name in parentheses, which may hold spaces and parentheses of its own.
    return wholeNumber(
      stat
        .slice(stat.lastIndexOf(")") + 1)
        .trim()
        .split(" ")[1],
    );
  } catch {
    return undefined;
  }
}

/** By the list of all processes that `ps` gives, asked for at the first look. */
export function parentsInPs(): (pid: number) => number | undefined {
  let parents: ReadonlyMap<number, number> | undefined;
  return (pid) => (parents ??= listProcesses()).get(pid);
}

function listProcesses(): ReadonlyMap<number, number> {
  const parents = new Map<number, number>();
  // Not imported: every program would pay for it, and most never come here.
  const { execFileSync } = process.getBuiltinModule("node:child_process");
  try {
    // One -o each: a header text, here the empty one, reaches to the end of its argument.
    const list = execFileSync("ps", ["-A", "-o", "pid=", "-o", "ppid="], {
      encoding: "utf8",
      timeout: 2_000,
      stdio: ["ignore", "pipe", "ignore"],
    });
    for (const line of list.split("\n")) {
      const [pid, parent] = line.trim().split(/\s+/).map(wholeNumber);
      if (pid !== undefined && parent !== undefined) parents.set(pid, parent);
    }
  } catch {
    // Without ps the immediate parent is all that is known, as for the toolkit without psutil.
  }
  return parents;
}

function noParent(): undefined {
  return undefined;
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}
