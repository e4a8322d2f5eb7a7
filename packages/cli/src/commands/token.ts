import process from "node:process";

import { note, printJson } from "../output.ts";
import type { Run } from "../call.ts";

/** The token, for a pipe. */
export const token: Run = async ({ auth, command, json }, { values }) => {
  if (process.stdout.isTTY && values["reveal"] !== true) {
    note.marked(
      "failed",
      `This would show the token on the terminal. Pipe it, or type auth-${command.provider.id} token --reveal.`,
    );
    return 1;
  }
  const held = await auth.token();
  if (json) printJson({ token: held.reveal(), expiresAt: held.expiresAt });
  else process.stdout.write(`${held.reveal()}\n`);
  return 0;
};
