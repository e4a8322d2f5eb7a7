import { createHash } from "node:crypto";

import { answerAsScripted, type LoopbackAnswer, type LoopbackRequest } from "@auth/testing/loopback";

import { tokenKindOf } from "../token-kind.ts";
import { answerHeaders } from "./answer-headers.ts";
import { appOfJwt, type KnownApp } from "./app-table.ts";
import { type FakeRepository, handlers } from "./handlers.ts";
import { type Route, routeOf } from "./operations.ts";
import {
  type GitHubProblem,
  type GitHubProblemName,
  problemAnswer,
  problemOf,
  problems,
} from "./problems.ts";
import { type Budget, createRateWindows } from "./rate-window.ts";
import type { Script } from "./script.ts";
import type { KnownToken, TokenTable } from "./token-table.ts";

export interface GitHubServiceOptions {
  readonly tokens: TokenTable;
  readonly apps: readonly KnownApp[];
  readonly script: Script;
  readonly repositories: readonly FakeRepository[];
  readonly hourlyLimit: number;
  readonly statusMember: boolean;
  readonly expirationForm: "utc" | "offset";
  readonly statelessTokens: boolean;
  readonly enterpriseVersion: string;
  readonly downloadsUrl: string;
  readonly now: () => number;
}

const versions = ["2022-11-28", "2026-03-10"];
/** Requests of an hour without a token. */
const anonymousLimit = 60;

/** Whom a request is of. */
interface Caller {
  readonly token?: KnownToken;
  readonly app?: KnownApp;
}

/** What GitHub answers, in the order in which it looks: a credential that is wrong, the version, one that is missing. */
export function createGitHubService(
  options: GitHubServiceOptions,
): (request: LoopbackRequest) => LoopbackAnswer {
  const { tokens, apps, script, now, hourlyLimit, statusMember } = options;
  const count = createRateWindows(now);

  function perform(request: LoopbackRequest, route: Route | undefined): LoopbackAnswer {
    const facts: { token?: KnownToken; budget?: Budget; version?: string } = {};
    const refuse = (problem: GitHubProblem): LoopbackAnswer => {
      const { headers, ...answer } = problemAnswer(problem, { statusMember });
      return { ...answer, headers: { ...headersOf(route, facts), ...headers } };
    };
    if ((request.headers["user-agent"] ?? "") === "") return refuse(problems.user_agent);
    const caller = callerOf(request.headers.authorization);
    if (typeof caller === "string") return refuse(problems[caller]);
    const { token, app } = caller;

    const asked = String(request.headers["x-github-api-version"] ?? versions[0]);
    const isAnonymous = token === undefined && app === undefined;
    const readsVersion = !(isAnonymous && route?.operation === "GET /rate_limit");
    if (readsVersion && !versions.includes(asked)) return refuse(problems.version_unknown);
    facts.version = asked;
    if (token !== undefined) facts.token = token;

    const key = isAnonymous ? "anonymous" : `${token?.user.id ?? `app ${app?.id}`}`;
    const { exceeded, ...budget } = count(
      key,
      isAnonymous ? anonymousLimit : hourlyLimit,
      route?.operation === "GET /rate_limit" ? 0 : 1,
    );
    facts.budget = budget;
    if (route === undefined) return refuse(problems.not_found);
    const { access, operation } = route;
    if (isAnonymous && access !== "anyone") return refuse(missingCredential(route));
    if (access === "app" && app === undefined) return refuse(problems.jwt_undecodable);
    if (access === "token" && token === undefined) return refuse(problems.integration);
    if (exceeded) return refuse(problems.primary_rate_limit);
    const refusal = token?.refusals[operation];
    if (refusal !== undefined) return refuse(problems[refusal]);

    const handled = handlers[operation]({ ...options, request, route, token, app, budget });
    if (typeof handled === "string") return refuse(problems[handled]);
    return unlessKnown(request, {
      ...handled,
      headers: { ...headersOf(route, facts), ...handled.headers },
    });
  }

  function callerOf(authorization: string | undefined): Caller | GitHubProblemName {
    if (authorization === undefined) return {};
    const [, scheme = "", text = ""] = /^(bearer|token) +(\S+)$/i.exec(authorization) ?? [];
    if (scheme !== "" && tokenKindOf(text) === "app") {
      const app = scheme.toLowerCase() === "bearer" ? appOfJwt(text, apps, now()) : "bad_credentials";
      return typeof app === "string" ? app : { app };
    }
    const token = tokens.get(text);
    const isOver = token?.expiresAt !== undefined && token.expiresAt <= now();
    return token === undefined || isOver ? "bad_credentials" : { token };
  }

  function headersOf(
    route: Route | undefined,
    { token, budget, version }: { token?: KnownToken; budget?: Budget; version?: string },
  ): Record<string, string> {
    const enterpriseVersion = route?.enterprise === true ? options.enterpriseVersion : undefined;
    return answerHeaders({
      token,
      budget,
      version,
      enterpriseVersion,
      expirationForm: options.expirationForm,
    });
  }

  return (request) => {
    const route = routeOf(request.method, request.path);
    const ordinary = (): LoopbackAnswer => perform(request, route);
    const scripted = script.take((wanted) => wanted === route?.operation);
    if (scripted === undefined) return ordinary();
    const { problem, ...answer } = scripted;
    const scriptedProblem = problem === undefined ? undefined : problems[problem];
    return answerAsScripted(
      scriptedProblem === undefined ? answer : { ...answer, status: scriptedProblem.status },
      ordinary,
      (status) => {
        if (status < 400) return { status, headers: headersOf(route, {}) };
        const { headers, ...rest } = problemAnswer(scriptedProblem ?? problemOf(status), { statusMember });
        return { ...rest, headers: { ...headersOf(route, {}), ...headers } };
      },
    );
  };
}

function missingCredential({ operation }: Route): GitHubProblem {
  return operation === "POST /graphql"
    ? { ...problems.requires_authentication, message: "This endpoint requires you to be authenticated." }
    : problems.requires_authentication;
}

/** 304 for what the client has already. */
function unlessKnown(request: LoopbackRequest, answer: LoopbackAnswer): LoopbackAnswer {
  if (request.method !== "GET" || (answer.status ?? 200) !== 200) return answer;
  const etag = `"${createHash("sha256").update(JSON.stringify(answer.body)).digest("hex")}"`;
  const headers = { ...answer.headers, etag };
  const { "if-none-match": known } = request.headers;
  return known === etag || known === `W/${etag}` ? { status: 304, headers } : { ...answer, headers };
}
