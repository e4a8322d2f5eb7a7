import { out, printJson } from "../output.ts";
import type { TypedFlags } from "../provider-command.ts";
import type { Run } from "../call.ts";
import { loginsOf } from "./logins-of.ts";

/** Ends the login that `login` made. */
export const logout: Run = async ({ command, options, json }, { values }) => {
  const result = await loginsOf(command).logout(options, values as TypedFlags);
  if (json) printJson(result);
  else out.marked(result.found ? "ok" : "none", result.message);
  return 0;
};
