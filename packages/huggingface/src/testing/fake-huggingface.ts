import {
  createAnswerScript,
  type LoopbackRequest,
  type ScriptedLoopbackAnswer,
  startLoopbackServer,
} from "@auth/testing/loopback";

import { answerFromCdn } from "./cdn.ts";
import { answerAsGitHub, createHubOAuth, type DeviceState } from "./hub-oauth.ts";
import { createHubService } from "./hub-service.ts";
import { createRateWindows, documentedLimits, type RateLimits } from "./rate-window.ts";
import { completeRepo, defaultRepos, type FakeHuggingFaceRepo } from "./repository.ts";
import { completeToken, type FakeHuggingFaceToken } from "./token-table.ts";

/** What the service knows. */
export interface FakeHuggingFaceOptions {
  /** The tokens that the Hub knows, with what each stands for. Default: none. */
  readonly tokens?: Readonly<Record<string, FakeHuggingFaceToken>>;
  /** Default: `acme/tiny`, `acme/private`, `acme/gated`, and `acme/old-name`, which is `acme/tiny` now. */
  readonly repos?: Readonly<Record<string, FakeHuggingFaceRepo>>;
  /** Identity tokens of trusted publishers, with the resource that each may ask for. Default: none. */
  readonly idTokens?: Readonly<Record<string, string>>;
  /** Refresh tokens that are good, each once. Default: none. */
  readonly refreshTokens?: readonly string[];
  /** What GitHub Actions would hand out, and the job's own token for it. Default: `id-token`, `request-token`. */
  readonly gitHub?: { readonly idToken: string; readonly requestToken: string };
  /** Requests in five minutes, where they are not to be those of a free account. */
  readonly limits?: Partial<RateLimits>;
  /** How often whoami answers before it asks to wait; the Hub does not say. Default: 1,000. */
  readonly whoamiLimit?: number;
  /** The clock. Milliseconds since the epoch. Default: `Date.now`. */
  readonly now?: () => number;
}

/** A request as the service received it, its token included. */
export interface FakeHuggingFaceRequest extends LoopbackRequest {
  /** Which of the addresses it came to. */
  readonly place: "hub" | "cdn" | "xet" | "github";
}

/** The Hugging Face Hub on loopback, for tests. */
export interface FakeHuggingFace {
  /** In the place of `https://huggingface.co`: `http://127.0.0.1:<port>`. */
  readonly url: string;
  /** Where large files are, which takes no token: a request with one is refused. */
  readonly cdnUrl: string;
  /** Where the content-addressed storage is, which takes tokens of its own alone. */
  readonly xetUrl: string;
  /** For `ACTIONS_ID_TOKEN_REQUEST_URL`: what GitHub gives a job for its identity token. */
  readonly idTokenUrl: string;
  /** Every request to any of them so far, headers included, the oldest first. */
  readonly requests: readonly FakeHuggingFaceRequest[];
  /** Adds a token, or changes what it stands for. */
  readonly addToken: (token: string, facts?: FakeHuggingFaceToken) => void;
  /** From then on the token is as good as one that never existed. */
  readonly revokeToken: (token: string) => void;
  /** What becomes of the device code that somebody was given. Before that it is pending. */
  readonly settleDevice: (state: DeviceState) => void;
  /** Answers the next requests for a method and path, such as `GET /api/whoami-v2`, each answer as often as it says. */
  readonly script: (route: string, ...answers: readonly ScriptedLoopbackAnswer[]) => void;
  /** Ends all connections and frees the ports. */
  readonly close: () => Promise<void>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
}

/**
 * Starts the Hub on free ports of the loopback interface: its API with repositories and files, the CDN that large files are
 * redirected to, the storage behind it, and what gives out identity tokens in GitHub Actions. Statuses, headers and the form
 * of bodies are those that the Hub is known to send; some texts are made up. `await using` closes it at the end of the block.
 *
 * @see https://huggingface.co/docs/hub/api (read 2026-11)
 */
export async function startFakeHuggingFace(options: FakeHuggingFaceOptions = {}): Promise<FakeHuggingFace> {
  const { now = Date.now, whoamiLimit = 1_000, gitHub } = options;
  const { idToken, requestToken } = gitHub ?? { idToken: "id-token", requestToken: "request-token" };
  const tokens = new Map(
    Object.entries(options.tokens ?? {}).map(([token, facts]) => [token, completeToken(token, facts)]),
  );
  const repos = new Map(
    Object.entries(options.repos ?? defaultRepos).map(([name, facts]) => [name, completeRepo(name, facts)]),
  );
  const script = createAnswerScript();
  const cdnTexts = new Map<string, string>();
  let device: DeviceState = "pending";
  const oauth = createHubOAuth({
    tokens,
    owner: completeToken("", {}),
    idTokens: new Map(Object.entries(options.idTokens ?? {})),
    refreshTokens: new Set(options.refreshTokens),
    device: () => device,
    now,
  });
  const hubService = createHubService({
    tokens,
    repos,
    script,
    oauth,
    count: createRateWindows({ ...documentedLimits, ...options.limits }, now),
    whoamiLimit,
    cdnTexts,
    cdnUrl: () => cdn.url,
    xetUrl: () => xet.url,
    now,
  });

  const requests: FakeHuggingFaceRequest[] = [];
  const start = (
    place: FakeHuggingFaceRequest["place"],
    answer: Parameters<typeof startLoopbackServer>[0],
  ): ReturnType<typeof startLoopbackServer> =>
    startLoopbackServer((request) => {
      requests.push({ ...request, place });
      return answer(request);
    });
  const servers = await Promise.all([
    start("hub", hubService),
    start("cdn", (request) => answerFromCdn(request, cdnTexts)),
    start("xet", () => ({ status: 404 })),
    start("github", (request) => answerAsGitHub(request, requestToken, idToken)),
  ]);
  const [hub, cdn, xet, github] = servers;
  const close = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.close()));
  };
  return {
    url: hub.url,
    cdnUrl: cdn.url,
    xetUrl: xet.url,
    idTokenUrl: `${github.url}/id-token?api-version=2.0`,
    requests,
    addToken: (token, facts = {}) => void tokens.set(token, completeToken(token, facts)),
    revokeToken: (token) => void tokens.delete(token),
    settleDevice: (state) => void (device = state),
    script: (route, ...answers) => script.add(route, answers),
    close,
    [Symbol.asyncDispose]: close,
  };
}
