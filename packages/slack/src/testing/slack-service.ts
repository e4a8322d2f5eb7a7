import {
  type AnswerScript,
  answerAsScripted,
  type LoopbackAnswer,
  type LoopbackRequest,
} from "@auth/testing/loopback";

import { accepted, refused, type SlackRefusal } from "./envelope.ts";
import type { SlackFiles } from "./files.ts";
import { argumentsOf, sentToken } from "./form.ts";
import type { Grants } from "./grants.ts";
import { type SlackChannel, type SlackMethod, tokenMethods } from "./methods.ts";
import type { ScriptedAnswer } from "./script.ts";
import type { KnownToken, TokenTable } from "./token-table.ts";

export interface SlackServiceOptions {
  readonly tokens: TokenTable;
  readonly refreshTokens: ReadonlyMap<string, unknown>;
  readonly script: AnswerScript<ScriptedAnswer>;
  readonly channels: readonly SlackChannel[];
  readonly files: SlackFiles;
  readonly grants: Grants;
  readonly now: () => number;
}

/** What Slack answers at the address of its API, and at that of its files. */
export interface SlackService {
  api(request: LoopbackRequest): LoopbackAnswer;
  files(request: LoopbackRequest): LoopbackAnswer;
}

/** Looks at the method's name before the token, as Slack does; that the kind comes before the scope is a choice. */
export function createSlackService(options: SlackServiceOptions): SlackService {
  const { tokens, script, channels, files, grants, now } = options;

  function call(method: string, request: LoopbackRequest): LoopbackAnswer {
    const given = argumentsOf(request);
    const asked = (answer: object | SlackRefusal): LoopbackAnswer =>
      isRefusal(answer) ? refused(answer) : accepted(answer);
    if (method === "api.test") {
      const error = given.get("error");
      return error === null ? accepted({ args: Object.fromEntries(given) }) : refused({ error });
    }
    if (method === "oauth.v2.access") return asked(grants.access(request));
    if (method === "oauth.v2.exchange") return asked(grants.exchange(request));
    if (method === "tooling.tokens.rotate") return asked(grants.rotate(request));
    const known = Object.hasOwn(tokenMethods, method) ? tokenMethods[method as SlackMethod] : undefined;
    if (known === undefined) return refused({ error: "unknown_method", req_method: method });

    const sent = sentToken(request);
    if (sent === undefined) return refused({ error: "not_authed" });
    const token = tokens.get(sent);
    const problem = token === undefined ? "invalid_auth" : problemWith(token);
    // A token that is barred or unknown is told nothing; of the others Slack still knows the scopes.
    if (token === undefined || problem === "invalid_auth") return refused({ error: "invalid_auth" });
    const { kinds, scope, perform } = known;
    if (problem !== undefined) return refused({ error: problem }, token, scope);
    if (!kinds.includes(token.kind)) return refused({ error: "not_allowed_token_type" }, token, scope);
    if (scope !== undefined && !token.scopes.includes(scope)) {
      const lacking = { error: "missing_scope", needed: scope, provided: token.scopes.join(",") };
      return refused(lacking, token, scope);
    }
    const revoke = (gone: string): void => void tokens.delete(gone);
    const answer = perform({ given, token, sent, channels, files, revoke, now });
    return isRefusal(answer) ? refused(answer, token, scope) : accepted(answer, token, scope);
  }

  function problemWith({ state, expiresAt }: KnownToken): string | undefined {
    if (state === "barred") return "invalid_auth";
    if (state === "revoked") return "token_revoked";
    if (state === "inactive") return "account_inactive";
    return expiresAt !== undefined && expiresAt <= now() ? "token_expired" : undefined;
  }

  return {
    api(request) {
      const [, method] = /^\/api\/([\w.]+)$/.exec(request.path) ?? [];
      if (method === undefined)
        return { status: 404, headers: { "content-type": "text/html" }, body: "<h1>404</h1>" };
      const scripted = script.take((route) => route === method);
      const ordinary = (): LoopbackAnswer => call(method, request);
      if (scripted === undefined) return ordinary();
      const { error, needed, provided, ...answer } = scripted;
      return answerAsScripted(
        answer,
        error === undefined
          ? ordinary
          : () =>
              refused({
                error,
                ...(needed !== undefined && { needed }),
                ...(provided !== undefined && { provided }),
              }),
        (status) => (status === 429 ? { status, ...refused({ error: "ratelimited" }) } : { status }),
      );
    },
    files(request) {
      const token = tokens.get(sentToken(request) ?? "");
      const knows =
        token !== undefined && problemWith(token) === undefined && token.scopes.includes("files:read");
      return files.answer(request, knows);
    },
  };
}

function isRefusal(answer: object): answer is SlackRefusal {
  return "error" in answer;
}
