import type { LoopbackAnswer } from "@auth/testing/loopback";

import { statusOf, typeOf } from "./api-error.ts";

/** An answer that takes the place of the ordinary one. */
export interface ScriptedAnswer {
  /** Default: the status that goes with the type. With neither, the ordinary answer, with more headers, delayed or cut short. */
  readonly status?: number;
  /** `error.type` of the answer. Default: the type that goes with the status. */
  readonly type?: string;
  /** `error.message` of the answer. */
  readonly message?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * In place of the error object: a text is sent as it is, as HTML unless the headers say otherwise: a gateway's page.
   * Anything else is sent as JSON.
   */
  readonly body?: unknown;
  /** The value of `Retry-After`: seconds, or any text. */
  readonly retryAfter?: number | string;
  /** Milliseconds to wait before the first byte. */
  readonly delayMs?: number;
  /** The connection ends without an answer. */
  readonly drop?: boolean;
  /** The connection ends after this many bytes of the body. */
  readonly truncateAt?: number;
  /** How many requests get it. Default: 1. */
  readonly times?: number;
}

/** What was scripted and has not been used up. */
export interface Script {
  readonly add: (path: string, answers: readonly ScriptedAnswer[]) => void;
  /** Uses up one answer for a request, by its path or by its route. */
  readonly take: (path: string, route: string | undefined) => ScriptedAnswer | undefined;
}

export function createScript(): Script {
  let entries: { readonly path: string; readonly answer: ScriptedAnswer; left: number }[] = [];
  return {
    add(path, answers) {
      for (const answer of answers) entries.push({ path, answer, left: answer.times ?? 1 });
    },
    take(path, route) {
      const next = entries.find((entry) => entry.path === path || entry.path === route);
      if (next === undefined) return undefined;
      next.left -= 1;
      entries = entries.filter(({ left }) => left > 0);
      return next.answer;
    },
  };
}

/** The answer that a script asks for, `ordinary` being what would have been sent without it. */
export function scriptedAnswer(scripted: ScriptedAnswer, ordinary: () => LoopbackAnswer): LoopbackAnswer {
  const { retryAfter, delayMs, drop, truncateAt, body } = scripted;
  const transport = {
    ...(delayMs !== undefined && { delayMs }),
    ...(drop !== undefined && { drop }),
    ...(truncateAt !== undefined && { truncateAt }),
  };
  if (drop === true) return transport;
  const status = scripted.status ?? (scripted.type === undefined ? undefined : statusOf(scripted.type));
  if (status === undefined) {
    const answer = ordinary();
    return { ...answer, headers: { ...answer.headers, ...scripted.headers }, ...transport };
  }
  const type = scripted.type ?? typeOf(status) ?? "InternalError";
  return {
    status,
    headers: {
      ...(typeof body === "string" && { "content-type": "text/html" }),
      ...(retryAfter !== undefined && { "retry-after": String(retryAfter) }),
      ...scripted.headers,
    },
    body: body ?? { error: { type, message: scripted.message ?? "This answer is scripted" } },
    ...transport,
  };
}
