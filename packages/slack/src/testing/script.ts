import type { ScriptedLoopbackAnswer } from "@auth/testing/loopback";

/** An answer that takes the place of the ordinary one. */
export interface ScriptedAnswer extends ScriptedLoopbackAnswer {
  /** Absent: the ordinary answer, with more headers, delayed, dropped or cut short as the other members say. */
  readonly status?: number;
  /** A word of Slack's, such as `invalid_auth`: a refusal, with status 200. */
  readonly error?: string;
  /** Of `missing_scope`, both with commas. */
  readonly needed?: string;
  readonly provided?: string;
}
