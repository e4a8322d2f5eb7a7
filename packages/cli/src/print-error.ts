import { type AuthError, isAuthError } from "@auth/core";

import { note, printJson } from "./output.ts";

/** Tells of a failure: a program on standard output, a person beside it. Anything but an `AuthError` is a bug, and thrown. */
export function printError(error: unknown, json: boolean): 1 {
  if (!isAuthError(error)) throw error;
  if (json) printJson({ error: errorFacts(error) });
  else {
    note.marked("failed", messageOf(error));
    note.rows([
      ["remedy", error.remedy],
      ["code", error.code],
      ...(error.requestId === undefined ? [] : [["request", error.requestId] as const]),
    ]);
  }
  return 1;
}

/** The error as it stands in `explain()`. */
function errorFacts(error: AuthError): object {
  const { code, message, remedy, status, requestId, retryAfterMs } = error;
  // JSON leaves out what is undefined.
  return { code, message, remedy, status, requestId, retryAfterMs };
}

/** What happened, without the provider in front and the remedy at the end, which have places of their own. */
export function messageOf({
  message,
  remedy,
}: {
  readonly message: string;
  readonly remedy: string;
}): string {
  const statement = message.endsWith(` ${remedy}`) ? message.slice(0, -remedy.length - 1) : message;
  return statement.replace(/^[a-z][a-z0-9-]*: /, "");
}
