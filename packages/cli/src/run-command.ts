import process from "node:process";

import type { Identity } from "@auth/core";

import type { ProviderCommand } from "./provider-command.ts";

/**
 * Runs the command of a provider with the arguments of this process, and sets its exit code. What the command needs is loaded
 * here, after a look at the runtime: an older Node.js would fail on the first import, and say nothing that helps.
 */
export async function runCommand<Options extends object, I extends Identity>(
  load: () => Promise<ProviderCommand<Options, I>>,
): Promise<void> {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major < 22 || (major === 22 && minor < 19)) {
    console.error(
      `This command needs Node.js 22.19 or newer, and this is ${process.versions.node}. Install Node.js 24.`,
    );
    process.exitCode = 1;
    return;
  }
  // A reader that has seen enough, such as `head`, closes the pipe: that is no failure.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit();
  });
  const [command, { runProgram }] = await Promise.all([load(), import("./program.ts")]);
  process.exitCode = await runProgram(command as unknown as ProviderCommand, process.argv.slice(2));
}
