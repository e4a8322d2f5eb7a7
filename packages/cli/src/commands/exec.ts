import { constants } from "node:os";
import process from "node:process";

import spawn, { SubprocessError } from "nano-spawn";

import { note } from "../output.ts";
import type { Run } from "../call.ts";

/** Signals that end a program: they are passed on, so that the command may end in its own way. */
const passedOn = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Runs a command with the token in the provider's variable. Its exit code is the command's. */
export const exec: Run = async ({ auth, command }, { operands: [file = "", ...args] }) => {
  const token = (await auth.token()).reveal();
  const variables = command.environment?.(token, auth) ?? { [command.variable]: token };
  if (process.stderr.isTTY)
    note.line(`The token is in ${Object.keys(variables).join(", ")}, for ${file} and all that it starts.`);
  const child = spawn(file, args, { stdio: "inherit", env: variables });
  const pass = (signal: NodeJS.Signals): void => {
    void child.nodeChildProcess.then((running) => running.kill(signal));
  };
  for (const signal of passedOn) process.on(signal, pass);
  try {
    await child;
    return 0;
  } catch (error) {
    if (!(error instanceof SubprocessError)) throw error;
    if (error.exitCode !== undefined) return error.exitCode;
    // As a shell tells of a command that a signal ended.
    if (error.signalName !== undefined)
      return 128 + (constants.signals[error.signalName as NodeJS.Signals] ?? 0);
    const missing = (error.cause as { code?: string } | undefined)?.code === "ENOENT";
    note.marked("failed", missing ? `There is no command ${file}.` : `${file} could not be run.`);
    return missing ? 127 : 126;
  } finally {
    for (const signal of passedOn) process.off(signal, pass);
  }
};
