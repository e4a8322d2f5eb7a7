import {
  type AnswerScript,
  answerAsScripted,
  type LoopbackAnswer,
  type LoopbackRequest,
} from "@auth/testing/loopback";

import { type AnthropicProblem, problemAnswer, problems } from "./envelope.ts";
import { type FakeAnthropicModel, operations } from "./handlers.ts";
import type { ScriptedAnswer } from "./script.ts";
import type { KnownToken, TokenTable } from "./token-table.ts";

export interface AnthropicServiceOptions {
  readonly tokens: TokenTable;
  readonly script: AnswerScript<ScriptedAnswer>;
  readonly models: readonly FakeAnthropicModel[];
  readonly tokenEndpoint: (request: LoopbackRequest) => LoopbackAnswer;
  readonly now: () => number;
}

/** Looks at the route, the credential, the version, the kind, in this order, which is a choice. */
export function createAnthropicService(
  options: AnthropicServiceOptions,
): (request: LoopbackRequest) => LoopbackAnswer {
  const { tokens, script, models, tokenEndpoint, now } = options;

  /** The token of the one header that carries one, or what is wrong with it. */
  function credential({ headers }: LoopbackRequest): KnownToken | AnthropicProblem {
    const key = headers["x-api-key"]?.toString();
    const [, bearer] = /^Bearer (\S+)$/i.exec(headers.authorization ?? "") ?? [];
    if (key !== undefined && headers.authorization !== undefined) return problems.twoCredentials;
    if (key === undefined && bearer === undefined) return problems.noCredential;
    const token = tokens.get(key ?? bearer ?? "");
    const unknown = key === undefined ? problems.unknownBearer : problems.unknownKey;
    // A token of OAuth is no key.
    if (token === undefined || (token.kind === "oauth" && key !== undefined)) return unknown;
    const betas = (headers["anthropic-beta"] ?? "").toString().split(/\s*,\s*/);
    if (token.kind === "oauth" && !betas.includes("oauth-2025-04-20")) return problems.noOAuthBeta;
    if (token.state === "revoked") return problems.revoked;
    if (token.expiresAt !== undefined && token.expiresAt <= now())
      return token.kind === "oauth" ? problems.expiredToken : problems.revoked;
    return token.state === "organization-disabled" ? problems.organizationDisabled : token;
  }

  function perform(request: LoopbackRequest): LoopbackAnswer {
    const { method, path, headers } = request;
    if (`${method} ${path}` === "POST /v1/oauth/token") return tokenEndpoint(request);
    const [, parent = "", id = ""] = /^(.*)\/([^/]+)$/.exec(path) ?? [];
    const operation = Object.hasOwn(operations, `${method} ${path}`)
      ? operations[`${method} ${path}`]
      : operations[`${method} ${parent}/{id}`];
    if (operation === undefined) return problemAnswer(problems.notFound);
    const token = credential(request);
    if ("status" in token) return problemAnswer(token);
    if (headers.origin !== undefined && headers["anthropic-dangerous-direct-browser-access"] !== "true")
      return problemAnswer(problems.cors);
    if (headers["anthropic-version"] === undefined) return problemAnswer(problems.noVersion);
    const isInScope =
      token.kind !== "oauth" || operation.scope === undefined || token.scopes.includes(operation.scope);
    if (!operation.kinds.includes(token.kind) || !isInScope) return problemAnswer(problems.wrongKind);
    return operation.handle({ request, id, token, models });
  }

  return (request) => {
    const scripted = script.take((route) => route === `${request.method} ${request.path}`);
    const ordinary = (): LoopbackAnswer => perform(request);
    if (scripted === undefined) return ordinary();
    const { problem, ...answer } = scripted;
    const inWords = (status: number): LoopbackAnswer => {
      const { requestId, ...words } = problem ?? {};
      return problemAnswer({ ...problemOf(status), ...words }, requestId);
    };
    return answerAsScripted(answer, problem === undefined ? ordinary : () => inWords(400), (status) =>
      status < 400 ? { status } : inWords(status),
    );
  };
}

function problemOf(status: number): AnthropicProblem {
  const known: readonly AnthropicProblem[] = [problems.badRequest, ...Object.values(problems)];
  return known.find((problem) => problem.status === status) ?? { ...problems.internal, status };
}
