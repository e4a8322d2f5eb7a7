import type { LoopbackAnswer } from "@auth/testing/loopback";

import type { PylonRegion } from "../region.ts";
import { problemAnswer, type PylonProblem, problems } from "./envelope.ts";
import { isOperation, type PylonOperation } from "./operations.ts";

/** An answer that takes the place of the ordinary one. */
export interface ScriptedAnswer {
  /** Absent: the ordinary answer, delayed, dropped or cut short as the other members say. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * Absent: from 400 on, Pylon's own error for the status, else nothing. A text is sent as it is, as HTML unless the
   * headers say otherwise: a gateway's page. Anything else is sent as JSON.
   */
  readonly body?: unknown;
  /** Milliseconds to wait before the first byte. */
  readonly delayMs?: number;
  /** The connection ends without an answer. */
  readonly drop?: boolean;
  /** The connection ends after this many bytes of the body. */
  readonly truncateAt?: number;
  /** How many requests get it. Default: 1. */
  readonly times?: number;
  /** Default: whichever region is asked. */
  readonly region?: PylonRegion;
}

/** What was scripted and has not been used up. */
export interface Script {
  add(operation: PylonOperation, answers: readonly ScriptedAnswer[]): void;
  /** Uses up one answer for an operation. */
  take(operation: PylonOperation, region: PylonRegion): ScriptedAnswer | undefined;
}

export function createScript(): Script {
  let entries: { readonly operation: PylonOperation; readonly answer: ScriptedAnswer; left: number }[] = [];
  return {
    add(operation, answers) {
      if (!isOperation(operation)) throw new TypeError(`The fake has no operation "${String(operation)}".`);
      for (const answer of answers) entries.push({ operation, answer, left: answer.times ?? 1 });
    },
    take(operation, region) {
      const next = entries.find(
        ({ operation: scripted, answer, left }) =>
          scripted === operation && left > 0 && (answer.region ?? region) === region,
      );
      if (next === undefined) return undefined;
      next.left -= 1;
      entries = entries.filter(({ left }) => left > 0);
      return next.answer;
    },
  };
}

/** The answer that a script asks for, `ordinary` being what would have been sent without it. */
export function scriptedAnswer(
  { status, headers, body, delayMs, drop, truncateAt }: ScriptedAnswer,
  settings: { readonly code: boolean },
  ordinary: () => LoopbackAnswer,
): LoopbackAnswer {
  const transport = {
    ...(delayMs !== undefined && { delayMs }),
    ...(drop !== undefined && { drop }),
    ...(truncateAt !== undefined && { truncateAt }),
  };
  // Nothing of a dropped connection reaches the client, so nothing is counted for it either.
  if (drop === true) return transport;
  if (status === undefined) return { ...ordinary(), ...transport };
  if (body === undefined && status >= 400) {
    return { ...problemAnswer(problemOf(status), settings, headers), ...transport };
  }
  const type = typeof body === "string" ? { "content-type": "text/html" } : {};
  return { status, headers: { ...type, ...headers }, ...(body !== undefined && { body }), ...transport };
}

function problemOf(status: number): PylonProblem {
  // A 401 without more is about the token; Pylon's words for a missing header come of themselves.
  const known = [problems.invalid_api_token, ...Object.values(problems)].find(
    (problem) => problem.status === status,
  );
  return known ?? { ...problems.internal, status };
}
