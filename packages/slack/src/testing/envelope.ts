import type { LoopbackAnswer } from "@auth/testing/loopback";

import type { KnownToken } from "./token-table.ts";

/** What Slack says when it does not do what was asked: a word, in a 200. */
export interface SlackRefusal {
  readonly error: string;
  /** Of `missing_scope`, both with commas. */
  readonly needed?: string;
  readonly provided?: string;
  /** Of `unknown_method`. */
  readonly req_method?: string;
}

/** A success, with whatever the method gives. A token that Slack knows is told its scopes, whatever the answer is. */
export function accepted(body: object, token?: KnownToken, methodScopes?: string): LoopbackAnswer {
  return answer({ ok: true, ...body }, token, methodScopes);
}

export function refused(refusal: SlackRefusal, token?: KnownToken, methodScopes?: string): LoopbackAnswer {
  return answer({ ok: false, ...refusal }, token, methodScopes);
}

/** As recorded in 2021 and again in 2025: compact, with escaped slashes, and never a `www-authenticate`. */
function answer(
  body: object,
  token: KnownToken | undefined,
  methodScopes: string | undefined,
): LoopbackAnswer {
  return {
    headers: {
      "content-type": "application/json; charset=utf-8",
      "x-slack-req-id": crypto.randomUUID().replaceAll("-", ""),
      "cache-control": "private, no-cache, no-store, must-revalidate",
      vary: "Accept-Encoding",
      "strict-transport-security": "max-age=31536000; includeSubDomains; preload",
      "x-content-type-options": "nosniff",
      "access-control-allow-origin": "*",
      "access-control-expose-headers": "x-slack-req-id, retry-after",
      ...(token !== undefined && { "x-oauth-scopes": token.scopes.join(",") }),
      ...(methodScopes !== undefined && { "x-accepted-oauth-scopes": methodScopes }),
    },
    body: JSON.stringify(body).replaceAll("/", String.raw`\/`),
  };
}
