import type { ScriptedLoopbackAnswer } from "@auth/testing/loopback";

/** An answer that takes the place of the ordinary one. */
export interface ScriptedAnswer extends ScriptedLoopbackAnswer {
  /** Absent: the ordinary answer, with more headers, delayed, dropped or cut short as the other members say. */
  readonly status?: number;
  /** An error in Anthropic's envelope, under `status`: what is left out is that status's own. */
  readonly problem?: {
    readonly type?: string;
    readonly message?: string;
    /** Such as `{ error_code: "organization_on_hold" }`. */
    readonly details?: Readonly<Record<string, unknown>>;
    /** `false`: the body has `null` for it. */
    readonly requestId?: boolean;
  };
}
