import type { AnswerScript, ScriptedLoopbackAnswer } from "@auth/testing/loopback";

import type { GitHubProblemName } from "./problems.ts";

/** An answer that takes the place of the ordinary one. */
export interface ScriptedAnswer extends ScriptedLoopbackAnswer {
  /** A refusal by its name, instead of a status and a body. */
  readonly problem?: GitHubProblemName;
  /** Absent: the ordinary answer, with more headers, delayed, dropped or cut short as the other members say. */
  readonly status?: number;
  /**
   * Absent: from 400 on, GitHub's own refusal for the status, else nothing. A text is sent as it is, as HTML unless the
   * headers say otherwise: a gateway's page. Anything else is sent as JSON.
   */
  readonly body?: unknown;
}

/** By operation. */
export type Script = AnswerScript<ScriptedAnswer>;
