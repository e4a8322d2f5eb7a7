import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** A command that runs, with what its processes can be told by. */
export interface ProcessTree {
  /** Ends the command with every process that it has started. */
  end(): void;
}

/**
 * The processes of a command that has just been started: its group, its children and theirs, those among them that have
 * left for a session of their own, and, on Linux, whatever holds its output open, though its own parent has ended. On
 * Windows, what `taskkill` finds.
 */
export function processTree({ pid }: ChildProcess): ProcessTree {
  if (pid === undefined) return { end: () => undefined };
  if (process.platform === "win32") return { end: () => endOnWindows(pid) };
  const output = outputsOf(pid)[0];
  return {
    end() {
      // Looked for before anything ends: who has lost its parent no longer says whose child it was.
      let members = membersOf([pid], output);
      end(-pid);
      members.forEach(end);
      // Once more, for what they have started in the meantime.
      members = membersOf(members, output);
      members.forEach(end);
    },
  };
}

function endOnWindows(pid: number): void {
  spawn("taskkill", ["/pid", String(pid), "/t", "/f"], { stdio: "ignore", windowsHide: true }).on(
    "error",
    () => undefined,
  );
}

function end(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself, or belongs to another user.
  }
}

/** A process, and those that it belongs to: its parent, the leaders of its group and its session. */
type Relations = readonly [pid: number, ...others: number[]];

function membersOf(roots: readonly number[], output: string | undefined): number[] {
  const members = new Set(roots);
  let others = relations().filter(([pid]) => pid !== process.pid && !members.has(pid));
  for (let found = true; found;) {
    const belong = others.filter(
      ([pid, ...relatives]) =>
        relatives.some((relative) => members.has(relative)) ||
        (output !== undefined && outputsOf(pid).includes(output)),
    );
    for (const [pid] of belong) members.add(pid);
    others = others.filter(([pid]) => !members.has(pid));
    found = belong.length > 0;
  }
  return [...members];
}

function relations(): Relations[] {
  if (process.platform !== "linux") {
    const { stdout } = spawnSync("ps", ["-A", "-o", "pid=,ppid=,pgid="], { encoding: "utf8" });
    return (stdout ?? "").split("\n").map((line) => line.trim().split(/\s+/).map(Number) as [number]);
  }
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name): Relations[] => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, "utf8");
        // Behind the program's name, which may hold anything: state, parent, group, session.
        const [, parent, group, session] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
        return [[Number(name), Number(parent), Number(group), Number(session)]];
      } catch {
        // It has ended in the meantime.
        return [];
      }
    });
}

/** Where a process writes to, as Linux names the ends of pipes. */
function outputsOf(pid: number): string[] {
  return [1, 2].flatMap((descriptor) => {
    try {
      const output = readlinkSync(`/proc/${pid}/fd/${descriptor}`);
      return /^(?:pipe|socket):/.test(output) ? [output] : [];
    } catch {
      // It has ended, belongs to another user, or there is no /proc.
      return [];
    }
  });
}
