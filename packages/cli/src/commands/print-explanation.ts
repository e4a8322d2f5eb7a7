import { describeIdentity, type Explanation, type SourceAttempt } from "@auth/core";

import type { Mark, Printer } from "../output.ts";
import { messageOf } from "../print-error.ts";

const marks: Readonly<Record<SourceAttempt["outcome"], Mark>> = {
  used: "ok",
  unavailable: "none",
  failed: "failed",
  "not tried": "none",
};

/** An explanation for people, as wide as the terminal. */
export function printExplanation(explanation: Explanation, printer: Printer): void {
  const { provider, baseUrl, origins, attempts, warnings, identity, error } = explanation;
  printer.heading(provider);
  printer.rows([
    ...(baseUrl === undefined ? [] : [["address", baseUrl] as const]),
    // The one origin of the address goes without saying.
    ...(origins.length > 1 ? [["goes to", origins.join(", ")] as const] : []),
    ...(identity === undefined ? [] : [["identity", describeIdentity(identity)] as const]),
  ]);
  if (attempts.length > 0) printer.line("looked in");
  for (const { source, outcome, reason } of attempts)
    printer.marked(marks[outcome], lineOf(source, reason ?? outcome));
  for (const warning of warnings) printer.marked("warning", warning);
  if (error === undefined) return;
  // What each source said stands above.
  printer.marked("failed", error.code === "AUTH_TOKEN_NOT_FOUND" ? "No token was found." : messageOf(error));
  printer.rows([
    ["remedy", error.remedy],
    ["code", error.code],
  ]);
}

/** A reason that names its place says it all. */
function lineOf(source: string, reason: string): string {
  return reason.includes(source.replace(/^\w+ /, "")) ? reason : `${source}: ${reason}`;
}
