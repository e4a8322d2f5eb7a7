import { createAnswerScript, type LoopbackRequest, startLoopbackServer } from "@auth/testing/loopback";

import { createAnthropicService } from "./anthropic-service.ts";
import type { FakeAnthropicModel } from "./handlers.ts";
import type { ScriptedAnswer } from "./script.ts";
import { createTokenEndpoint, type FakeAnthropicFederation } from "./token-endpoint.ts";
import { completeToken, type FakeAnthropicToken } from "./token-table.ts";

/** What the service knows. */
export interface FakeAnthropicOptions {
  /** The tokens that the service knows, with what each stands for. Default: none. */
  readonly tokens?: Readonly<Record<string, FakeAnthropicToken>>;
  /** What a workload may be given a token for. Default: the rule `fdrl_01Acme` of the organization Acme, for `id-token`. */
  readonly federation?: FakeAnthropicFederation;
  /** Refresh tokens that are good, each once. Default: none. */
  readonly refreshTokens?: readonly string[];
  /** Default: two. */
  readonly models?: readonly FakeAnthropicModel[];
  /** The clock. Milliseconds since the epoch. Default: `Date.now`. */
  readonly now?: () => number;
}

/** Anthropic's API on loopback, for tests. */
export interface FakeAnthropic {
  /** In the place of `https://api.anthropic.com`: `http://127.0.0.1:<port>`. */
  readonly url: string;
  /** Every request so far, headers included, the oldest first. */
  readonly requests: readonly LoopbackRequest[];
  /** Adds a token, or changes what it stands for. */
  readonly addToken: (token: string, facts?: FakeAnthropicToken) => void;
  /** From then on the token is as good as one that never existed. */
  readonly revokeToken: (token: string) => void;
  /** Answers the next requests for a method and path, such as `GET /v1/models`, each answer as often as it says. */
  readonly script: (route: string, ...answers: readonly ScriptedAnswer[]) => void;
  /** Ends all connections and frees the port. */
  readonly close: () => Promise<void>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
}

const defaultModels: readonly FakeAnthropicModel[] = [
  { id: "claude-example-2", display_name: "Claude Example 2", created_at: "2026-08-01T00:00:00Z" },
  { id: "claude-example-1", display_name: "Claude Example 1", created_at: "2026-02-01T00:00:00Z" },
];

/**
 * Starts Anthropic's API on a free port of the loopback interface: models, messages, the organization, and the endpoint that
 * gives out tokens. Statuses, types, headers and the form of bodies are those that Anthropic is known to send; some texts are
 * made up. `await using` closes it at the end of the block.
 *
 * @see https://platform.claude.com/docs/en/api/overview (read 2026-11)
 */
export async function startFakeAnthropic(options: FakeAnthropicOptions = {}): Promise<FakeAnthropic> {
  const { now = Date.now, models = defaultModels, refreshTokens } = options;
  const tokens = new Map(
    Object.entries(options.tokens ?? {}).map(([token, facts]) => [token, completeToken(token, facts)]),
  );
  const script = createAnswerScript<ScriptedAnswer>();
  const federation = options.federation ?? {
    ruleId: "fdrl_01Acme",
    organizationId: completeToken("", {}).organization.id,
    assertions: ["id-token"],
  };
  const tokenEndpoint = createTokenEndpoint({
    tokens,
    federation,
    refreshTokens: new Set(refreshTokens),
    now,
  });
  const server = await startLoopbackServer(
    createAnthropicService({ tokens, script, models, tokenEndpoint, now }),
  );
  return {
    ...server,
    addToken: (token, facts = {}) => void tokens.set(token, completeToken(token, facts)),
    revokeToken: (token) => void tokens.delete(token),
    script: (route, ...answers) => script.add(route, answers),
  };
}
