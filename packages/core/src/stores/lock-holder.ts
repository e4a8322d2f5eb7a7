const fs = /* @__PURE__ */ process.getBuiltinModule("node:fs");

/**
 * A name for one holder of a lock: the machine, the process, and when that started, so that another process can see that it is gone. Each
 * call gives another one. It is the name of a file, and says nothing about the machine that could be read from it.
 */
export function newHolder(): string {
  const { machine, start } = here();
  return [machine, process.pid, start, crypto.randomUUID().slice(-12)].join(".");
}

/** Whether the process of such a name is known to be gone. Of another machine, or another container, nothing is known. */
export function holderIsGone(holder: string): boolean {
  const [machine, pid, start] = holder.split(".");
  if (machine !== here().machine || pid === undefined || !/^[1-9]\d{0,9}$/.test(pid)) return false;
  try {
    // Asks whether there is such a process, and sends nothing.
    process.kill(Number(pid), 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
  const running = startOf(pid);
  // A process that was killed is there until its parent asks for its end; its number may be given to another one.
  return running !== undefined && (running === "ended" || running !== start);
}

interface Here {
  readonly machine: string;
  readonly start: string;
}

let known: Here | undefined;

function here(): Here {
  return (known ??= { machine: digest(machineFacts()), start: startOf("self") ?? "0" });
}

/**
 * What tells one set of process numbers from another: the start of the machine and, on Linux, the process namespace, of which each
 * container has its own. Elsewhere the name of the machine and its network interfaces. Unknown: a text that nobody else has.
 */
function machineFacts(): string {
  try {
    if (process.platform !== "linux") {
      const { hostname, networkInterfaces } = process.getBuiltinModule("node:os");
      const addresses = Object.values(networkInterfaces()).flatMap((of) => of ?? []);
      const macs = addresses.filter(({ internal }) => !internal).map(({ mac }) => mac);
      return [hostname(), ...new Set(macs.toSorted())].join(" ");
    }
    // A /proc of another namespace would show other processes under our numbers.
    if (fs.readlinkSync("/proc/self") === String(process.pid)) {
      const boot = fs.readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
      return `${boot} ${fs.readlinkSync("/proc/self/ns/pid")}`;
    }
  } catch {
    // No /proc, or no permission to look.
  }
  return crypto.randomUUID();
}

/** When the process started, in the machine's own unit; `ended` for one that is only waited for; `undefined` where it cannot be seen. */
function startOf(pid: string): string | undefined {
  if (process.platform !== "linux") return undefined;
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, "utf8");
    // After the name in brackets, which may hold anything: the state is the first field, the start the twentieth.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" || fields[0] === "X" ? "ended" : fields[19];
  } catch {
    return undefined;
  }
}

function digest(text: string): string {
  const { createHash } = process.getBuiltinModule("node:crypto");
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
