import { createAnswerScript, type LoopbackRequest, startLoopbackServer } from "@auth/testing/loopback";

import { createFiles } from "./files.ts";
import { createGrants, type FakeSlackApp } from "./grants.ts";
import { receiveWebhook } from "./incoming-webhook.ts";
import { type SlackChannel, type SlackMethod, slackMethods } from "./methods.ts";
import type { ScriptedAnswer } from "./script.ts";
import { createSlackService } from "./slack-service.ts";
import { completeToken, type FakeSlackToken } from "./token-table.ts";

/** What the service knows. */
export interface FakeSlackOptions {
  /** The tokens that the service knows, with what each stands for. Default: none. */
  readonly tokens?: Readonly<Record<string, FakeSlackToken>>;
  /** Refresh tokens (`xoxe-1-…`), with what the tokens that they give stand for. Default: none. */
  readonly refreshTokens?: Readonly<Record<string, FakeSlackToken>>;
  /** Codes with which somebody allowed the app something. Default: none. */
  readonly codes?: Readonly<Record<string, FakeSlackToken>>;
  /** Default: client id `111.222` and client secret `client-secret`. */
  readonly app?: FakeSlackApp;
  /** Whether the app has token rotation on. Default: true. */
  readonly rotation?: boolean;
  /** How long a used refresh token still works; Slack does not say. Milliseconds. Default: 0. */
  readonly graceMs?: number;
  /** The clock. Milliseconds since the epoch. Default: `Date.now`. */
  readonly now?: () => number;
  /** Default: two. */
  readonly channels?: readonly SlackChannel[];
}

/** A request as the service received it, its token included. */
export interface FakeSlackRequest extends LoopbackRequest {
  /** Which of the three addresses it came to. */
  readonly place: "api" | "files" | "hooks";
}

/** Slack on loopback, for tests. */
export interface FakeSlack {
  /** In the place of `https://slack.com/api`: `http://127.0.0.1:<port>/api`. */
  readonly url: string;
  /** In the place of `https://files.slack.com`. */
  readonly filesUrl: string;
  /** In the place of `https://hooks.slack.com`, which takes no token. */
  readonly hooksUrl: string;
  /** Every request to any of them so far, headers included, the oldest first. */
  readonly requests: readonly FakeSlackRequest[];
  /** Adds a token, or changes what it stands for. */
  readonly addToken: (token: string, facts?: FakeSlackToken) => void;
  /** From then on the token is as good as one that never existed. */
  readonly revokeToken: (token: string) => void;
  /** Answers the next calls of a method, whatever token they carry, each answer as often as it says. */
  readonly script: (method: SlackMethod, ...answers: readonly ScriptedAnswer[]) => void;
  /** Ends all connections and frees the ports. */
  readonly close: () => Promise<void>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
}

/**
 * Starts Slack on three free ports of the loopback interface: its API, its files, and its incoming webhooks. Words, headers
 * and the form of bodies are those that Slack is known to send. `await using` closes it at the end of the block. A method
 * that the fake does not have is a `TypeError` in a script.
 *
 * @see https://docs.slack.dev/apis/web-api (read 2026-11)
 */
export async function startFakeSlack(options: FakeSlackOptions = {}): Promise<FakeSlack> {
  const { now = Date.now, rotation = true, graceMs = 0 } = options;
  const { app = { clientId: "111.222", clientSecret: "client-secret" }, channels = defaultChannels } =
    options;
  const tableOf = (facts: Readonly<Record<string, FakeSlackToken>> = {}) =>
    new Map(Object.entries(facts).map(([token, each]) => [token, completeToken(token, each)]));
  const [tokens, refreshTokens, codes] = [options.tokens, options.refreshTokens, options.codes].map(
    tableOf,
  ) as [ReturnType<typeof tableOf>, ReturnType<typeof tableOf>, ReturnType<typeof tableOf>];
  const script = createAnswerScript<ScriptedAnswer>();
  const files = createFiles(() => filesServer.url);
  const grants = createGrants({ app, tokens, codes, refreshTokens, rotation, graceMs, now });
  const service = createSlackService({ tokens, refreshTokens, script, channels, files, grants, now });

  const requests: FakeSlackRequest[] = [];
  const start = (
    place: FakeSlackRequest["place"],
    answer: Parameters<typeof startLoopbackServer>[0],
  ): ReturnType<typeof startLoopbackServer> =>
    startLoopbackServer((request) => {
      requests.push({ ...request, place });
      return answer(request);
    });
  const [apiServer, filesServer, hooksServer] = await Promise.all([
    start("api", service.api),
    start("files", service.files),
    start("hooks", receiveWebhook),
  ]);
  const close = async (): Promise<void> => {
    await Promise.all([apiServer.close(), filesServer.close(), hooksServer.close()]);
  };
  return {
    url: `${apiServer.url}/api`,
    filesUrl: filesServer.url,
    hooksUrl: hooksServer.url,
    requests,
    addToken: (token, facts = {}) => void tokens.set(token, completeToken(token, facts)),
    revokeToken: (token) => void tokens.delete(token),
    script(method, ...answers) {
      if (!slackMethods.includes(method)) throw new TypeError(`The fake has no method "${method}".`);
      script.add(method, answers);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

const defaultChannels: readonly SlackChannel[] = [
  { id: "C01GENERAL", name: "general", is_channel: true, is_private: false },
  { id: "C02RANDOM0", name: "random", is_channel: true, is_private: false },
];
