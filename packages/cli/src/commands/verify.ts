import { describeIdentity } from "@auth/core";

import { showWaiting } from "../ask.ts";
import { out, printJson } from "../output.ts";
import type { Run } from "../call.ts";

/** Whose token it is. */
export const verify: Run = async ({ auth, command, json }) => {
  const verification = await showWaiting(`Asking ${command.provider.name}`, auth.verify());
  const { identity, token, requestId, durationMs } = verification;
  if (json) {
    printJson(verification);
    return 0;
  }
  out.marked("ok", describeIdentity(identity));
  out.rows([
    ["token", `from ${token.source}`],
    ["fingerprint", token.fingerprint],
    ...(token.expiresAt === undefined ? [] : [["expires", new Date(token.expiresAt).toISOString()] as const]),
    ["answered in", `${Math.round(durationMs)} ms`],
    ...(requestId === undefined ? [] : [["request", requestId] as const]),
  ]);
  return 0;
};
