import {
  answerAsScripted,
  type AnswerScript,
  type LoopbackAnswer,
  type ScriptedLoopbackAnswer,
} from "@auth/testing/loopback";

import type { PylonRegion } from "../region.ts";
import { problemAnswer, type PylonProblem, problems } from "./envelope.ts";

/** An answer that takes the place of the ordinary one. */
export interface ScriptedAnswer extends ScriptedLoopbackAnswer {
  /** Absent: the ordinary answer, with more headers, delayed, dropped or cut short as the other members say. */
  readonly status?: number;
  /**
   * Absent: from 400 on, Pylon's own error for the status, else nothing. A text is sent as it is, as HTML unless the
   * headers say otherwise: a gateway's page. Anything else is sent as JSON.
   */
  readonly body?: unknown;
  /** Default: whichever region is asked. */
  readonly region?: PylonRegion;
}

/** By operation. */
export type Script = AnswerScript<ScriptedAnswer>;

/** The answer that a script asks for, `ordinary` being what would have been sent without it. */
export function scriptedAnswer(
  scripted: ScriptedAnswer,
  settings: { readonly code: boolean },
  ordinary: () => LoopbackAnswer,
): LoopbackAnswer {
  return answerAsScripted(scripted, ordinary, (status) =>
    status < 400 ? { status } : problemAnswer(problemOf(status), settings),
  );
}

function problemOf(status: number): PylonProblem {
  // A 401 without more is about the token; Pylon's words for a missing header come of themselves.
  const known = [problems.invalid_api_token, ...Object.values(problems)].find(
    (problem) => problem.status === status,
  );
  return known ?? { ...problems.internal, status };
}
