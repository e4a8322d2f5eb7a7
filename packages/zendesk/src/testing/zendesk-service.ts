import { randomUUID } from "node:crypto";

import { answerAsScripted, type LoopbackAnswer, type LoopbackRequest } from "@auth/testing/loopback";

import type { Account, FakeZendeskUser, KnownToken } from "./account.ts";
import { anonymousUser, type FakeTicket, handlers } from "./handlers.ts";
import { type Route, routeOf } from "./operations.ts";
import { problemOf, problems, type ZendeskProblemName } from "./problems.ts";
import type { Script } from "./script.ts";
import { trade } from "./trade.ts";

export interface ZendeskServiceOptions {
  readonly account: Account;
  readonly script: Script;
  readonly tickets: readonly FakeTicket[];
  readonly anonymous: 200 | 401;
  readonly tokenAccess: boolean;
  readonly requestId: "x-zendesk-request-id" | "x-request-id";
  readonly oauthStatus: 200 | 201;
  readonly contentUrl: string;
  readonly now: () => number;
}

/** Whom a request is of. */
interface Caller {
  readonly user: FakeZendeskUser;
  readonly token?: KnownToken;
}

/** What Zendesk answers to a request for the account's host. */
export function createZendeskService(
  options: ZendeskServiceOptions,
): (request: LoopbackRequest) => LoopbackAnswer {
  const { account, script, anonymous, tokenAccess, now } = options;

  function perform(request: LoopbackRequest, route: Route | undefined): LoopbackAnswer {
    if (route?.operation === "POST /oauth/tokens") return trade(request, account, options);
    const caller = callerOf(request.headers.authorization);
    if (typeof caller === "string" || caller === undefined) {
      // The trap: who is nobody, or says a wrong password, is answered as anybody.
      if (route?.needs.open === true && anonymous === 200 && caller !== "invalid_token")
        return { body: anonymousUser };
      return problems[caller ?? "not_authenticated"];
    }
    if (route === undefined) return problems.record_not_found;
    const { scopes, admin = false } = route.needs;
    const { user, token } = caller;
    if (token !== undefined && !scopes.some((scope) => token.scopes.includes(scope)))
      return problems.missing_scope;
    if (admin && user.role !== "admin") return problems.forbidden;
    const { operation, id } = route;
    const handled = handlers[operation]({ ...options, request, id, user, token });
    return typeof handled === "string" ? problems[handled] : handled;
  }

  function callerOf(authorization: string | undefined): Caller | ZendeskProblemName | undefined {
    if (authorization === undefined) return undefined;
    const [, scheme = "", text = ""] = /^(bearer|basic) +(\S+)$/i.exec(authorization) ?? [];
    if (scheme.toLowerCase() === "basic") return userOfBasic(text) ?? "not_authenticated";
    const token = account.tokens.get(text);
    const isOver = token?.expiresAt !== undefined && token.expiresAt <= now();
    return token === undefined || isOver ? "invalid_token" : { user: token.user, token };
  }

  /** `email/token:api token`. Without the `/token` it would be a password, which ended in January 2026. */
  function userOfBasic(text: string): Caller | undefined {
    const decoded = Buffer.from(text, "base64").toString("utf8");
    const [, email, apiToken = ""] = /^([^:]+)\/token:(.*)$/s.exec(decoded) ?? [];
    const user = account.users.find((one) => one.email.toLowerCase() === email?.toLowerCase());
    return user !== undefined && tokenAccess && account.apiTokens.has(apiToken) ? { user } : undefined;
  }

  function commonHeaders(): Readonly<Record<string, string | readonly string[]>> {
    const id = randomUUID();
    return {
      "content-type": "application/json; charset=UTF-8",
      "cache-control": "max-age=10, private",
      "x-zendesk-api-version": "v2",
      "x-rate-limit": "700",
      "x-rate-limit-remaining": "699",
      // As recorded, this one comes twice.
      [options.requestId]: options.requestId === "x-request-id" ? [id, id] : id,
    };
  }

  return (request) => {
    const route = routeOf(request.method, request.path);
    const withHeaders = (answer: LoopbackAnswer): LoopbackAnswer => ({
      ...answer,
      headers: { ...commonHeaders(), ...answer.headers },
    });
    const ordinary = (): LoopbackAnswer => withHeaders(perform(request, route));
    const scripted = script.take((wanted) => wanted === route?.operation);
    if (scripted === undefined) return ordinary();
    const { problem, ...answer } = scripted;
    const named = problem === undefined ? undefined : problems[problem];
    return answerAsScripted(
      named === undefined ? answer : { ...answer, status: named.status },
      ordinary,
      (status) => (status < 400 ? withHeaders({ status }) : withHeaders(named ?? problemOf(status))),
    );
  };
}
