import { kindOf } from "./config-file.ts";
import { join } from "../platform.ts";

/**
 * The directory with the login of the terminal that this program runs in: `<user directory>/sessions/<PID>` for the
 * nearest parent process that has one. Where none has, the immediate parent's, which is not there. As in the toolkit,
 * whatever has the name of a process ends the walk, be it a directory or not.
 */
export function sessionDirectory(userDirectory: string, parents: Iterable<number>): string {
  const sessions = join(userDirectory, "sessions");
  const anySession = kindOf(sessions) === "directory";
  let nearest: string | undefined;
  // npm, npx and the like stand between the shell that logged in and the program, so that the walk goes all the way up.
  for (const pid of parents) {
    const directory = join(sessions, String(pid));
    nearest ??= directory;
    if (!anySession) break;
    if (kindOf(directory) !== "nothing") return directory;
  }
  return nearest ?? join(sessions, "0");
}
