import { note, printJson } from "../output.ts";
import type { Run } from "../call.ts";

/** The headers that a URL may carry. */
export const headers: Run = async ({ auth, command }, { operands: [url = ""] }) => {
  const allowed = await auth.headers(url);
  printJson(allowed);
  if (Object.keys(allowed).length === 0)
    note.line(`${url} is not an address of ${command.provider.name}, so it gets no header.`);
  return 0;
};
