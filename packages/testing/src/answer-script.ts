import type { LoopbackAnswer } from "./loopback-server.ts";

/** An answer that a fake service gives in place of its ordinary one. */
export interface ScriptedLoopbackAnswer extends LoopbackAnswer {
  /** How many requests get it. Default: 1. */
  readonly times?: number;
}

/** Answers that were scripted and have not been used up. */
export interface AnswerScript<Answer extends ScriptedLoopbackAnswer> {
  /** Answers for the next requests to a route, in whatever form the service names its routes. */
  add(route: string, answers: readonly Answer[]): void;
  /** Uses up one answer, the oldest that suits the request. */
  take(suits: (route: string, answer: Answer) => boolean): Answer | undefined;
}

/** A script for a fake service, empty. */
export function createAnswerScript<
  Answer extends ScriptedLoopbackAnswer = ScriptedLoopbackAnswer,
>(): AnswerScript<Answer> {
  let entries: { readonly route: string; readonly answer: Answer; left: number }[] = [];
  return {
    add(route, answers) {
      for (const answer of answers) entries.push({ route, answer, left: answer.times ?? 1 });
    },
    take(suits) {
      const next = entries.find(({ route, answer, left }) => left > 0 && suits(route, answer));
      if (next === undefined) return undefined;
      next.left -= 1;
      entries = entries.filter(({ left }) => left > 0);
      return next.answer;
    },
  };
}

/**
 * What a fake service sends for a scripted answer: without a status its ordinary answer, with a status alone what it has
 * to say about that one. The scripted headers, delay and end of the connection come on top. A text is sent as HTML unless
 * the headers say otherwise: a gateway's page.
 */
export function answerAsScripted(
  scripted: ScriptedLoopbackAnswer,
  ordinary: () => LoopbackAnswer,
  ofStatus: (status: number) => LoopbackAnswer,
): LoopbackAnswer {
  const { status, headers, body, ...transport } = scripted;
  // Nothing of a dropped connection reaches the client, so the service does not count the request either.
  if (transport.drop === true) return transport;
  const answer = (): LoopbackAnswer => {
    if (status === undefined) return ordinary();
    if (body === undefined) return ofStatus(status);
    return { status, body, ...(typeof body === "string" && { headers: { "content-type": "text/html" } }) };
  };
  const { headers: own, ...rest } = answer();
  return { ...rest, ...transport, headers: { ...own, ...headers } };
}
