import type { LoopbackAnswer, LoopbackRequest } from "@auth/testing/loopback";

import { type PylonRegion, regions } from "../region.ts";
import { problemAnswer, type PylonProblem, problems, successAnswer, wrongRegion } from "./envelope.ts";
import { type FakePylonData, handlers } from "./handlers.ts";
import { type PylonOperation, routeOf } from "./operations.ts";
import { createRateWindows } from "./rate-window.ts";
import { type Script, scriptedAnswer } from "./script.ts";
import type { TokenTable } from "./token-table.ts";

export interface PylonServiceOptions {
  readonly tokens: TokenTable;
  readonly script: Script;
  readonly data: FakePylonData;
  readonly code: boolean;
  readonly user: boolean;
  readonly retryAfter: "x-retry-after" | "retry-after" | "none";
  readonly limits: Readonly<Record<PylonOperation, number>>;
  readonly now: () => number;
}

/** What Pylon answers to a request that came to one of its regions. */
export type PylonService = (region: PylonRegion, request: LoopbackRequest) => LoopbackAnswer;

/** Judges the route before the token, as Pylon does; that permission comes before the rate limit is a choice. */
export function createPylonService(options: PylonServiceOptions): PylonService {
  const { tokens, script, data, limits, user } = options;
  const countRequest = createRateWindows(options.now);
  const refuse = (problem: PylonProblem, headers?: Readonly<Record<string, string>>): LoopbackAnswer =>
    problemAnswer(problem, options, headers);

  function perform(
    operation: PylonOperation,
    id: string | undefined,
    region: PylonRegion,
    request: LoopbackRequest,
  ): LoopbackAnswer {
    const sent = /^Bearer (\S+)$/.exec(request.headers.authorization ?? "")?.[1];
    if (sent === undefined) return refuse(problems.invalid_authorization_header);
    const token = tokens.get(sent);
    if (token === undefined) return refuse(problems.invalid_api_token);
    if (token.region !== region) return refuse(wrongRegion(regions[token.region].host));
    if (token.denied.includes(operation)) return refuse(problems.permission_denied);
    const verdict = countRequest(`${region} ${token.organization.id} ${operation}`, limits[operation]);
    if ("waitMs" in verdict) {
      const seconds = String(Math.ceil(verdict.waitMs / 1000));
      const { retryAfter } = options;
      return refuse(problems.rate_limited, retryAfter === "none" ? {} : { [retryAfter]: seconds });
    }
    const handled = handlers[operation]({ request, id, token, data, user });
    if ("problem" in handled) return refuse(problems[handled.problem]);
    return successAnswer(handled.body, verdict.remaining);
  }

  return (region, request) => {
    const route = routeOf(request.method, request.path);
    if ("problem" in route) return refuse(problems[route.problem]);
    const { operation, id } = route;
    const ordinary = (): LoopbackAnswer => perform(operation, id, region, request);
    const scripted = script.take(
      (wanted, answer) => wanted === operation && (answer.region ?? region) === region,
    );
    return scripted === undefined ? ordinary() : scriptedAnswer(scripted, options, ordinary);
  };
}
