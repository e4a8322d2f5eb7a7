import {
  answerAsScripted,
  type AnswerScript,
  type LoopbackAnswer,
  type ScriptedLoopbackAnswer,
} from "@auth/testing/loopback";

import { statusOf, typeOf } from "./api-error.ts";

/** An answer that takes the place of the ordinary one. */
export interface ScriptedAnswer extends ScriptedLoopbackAnswer {
  /** Default: the status that goes with the type. With neither, the ordinary answer, with more headers, delayed or cut short. */
  readonly status?: number;
  /** `error.type` of the answer. Default: the type that goes with the status. */
  readonly type?: string;
  /** `error.message` of the answer. */
  readonly message?: string;
  /**
   * In place of the error object: a text is sent as it is, as HTML unless the headers say otherwise: a gateway's page.
   * Anything else is sent as JSON.
   */
  readonly body?: unknown;
  /** The value of `Retry-After`: seconds, or any text. */
  readonly retryAfter?: number | string;
}

/** By path, or by route. */
export type Script = AnswerScript<ScriptedAnswer>;

/** The answer that a script asks for, `ordinary` being what would have been sent without it. */
export function scriptedAnswer(
  { type, message = "This answer is scripted", retryAfter, ...given }: ScriptedAnswer,
  ordinary: () => LoopbackAnswer,
): LoopbackAnswer {
  const status = given.status ?? (type === undefined ? undefined : statusOf(type));
  const headers = {
    ...(retryAfter !== undefined && { "retry-after": String(retryAfter) }),
    ...given.headers,
  };
  return answerAsScripted(
    { ...given, ...(status !== undefined && { status }), headers },
    ordinary,
    (failed) => ({
      status: failed,
      body: { error: { type: type ?? typeOf(failed) ?? "InternalError", message } },
    }),
  );
}
