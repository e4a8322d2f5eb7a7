import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

/** A disk that is soon full. */
export interface SmallDisk extends Disposable {
  readonly folder: string;
  /** Leaves no room for so many milliseconds. */
  fillFor(ms: number): Promise<void>;
}

/** `undefined` where this user may not mount one. */
export function mountSmallDisk(folder: string): SmallDisk | undefined {
  mkdirSync(folder, { mode: 0o700 });
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=256k,mode=0700", "tmpfs", folder], { stdio: "ignore" });
  } catch {
    return undefined;
  }
  const filler = path.join(folder, "filler");
  return {
    folder,
    async fillFor(ms) {
      for (const size of [65_536, 4_096]) {
        try {
          for (;;) writeFileSync(filler, Buffer.alloc(size), { flag: "a" });
        } catch {
          // Full, down to the last page.
        }
      }
      await new Promise((resolve) => setTimeout(resolve, ms));
      rmSync(filler);
    },
    [Symbol.dispose]() {
      execFileSync("umount", ["-l", folder], { stdio: "ignore" });
      rmSync(path.dirname(folder), { recursive: true, force: true });
    },
  };
}
