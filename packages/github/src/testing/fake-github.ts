import {
  createAnswerScript,
  type LoopbackRequest,
  type LoopbackServerOptions,
  startLoopbackServer,
} from "@auth/testing/loopback";

import { type FakeGitHubApp, knownApp } from "./app-table.ts";
import { createGitHubService } from "./github-service.ts";
import type { FakeRepository } from "./handlers.ts";
import { type GitHubOperation, knownOperation } from "./operations.ts";
import type { ScriptedAnswer } from "./script.ts";
import { type FakeGitHubToken, knownToken, type TokenTable } from "./token-table.ts";

/** What the service knows, and which of its eras it is in. */
export interface FakeGitHubOptions {
  /** The tokens that the service knows, with what each stands for. Default: none. */
  readonly tokens?: Readonly<Record<string, FakeGitHubToken>>;
  /** The apps whose JWTs it knows. Default: none. */
  readonly apps?: readonly FakeGitHubApp[];
  /** Default: `acme/widgets` and `acme/gadgets`. */
  readonly repositories?: readonly FakeRepository[];
  /** Requests an hour for each user. Default: 5,000. */
  readonly hourlyLimit?: number;
  /** Whether the body of an error repeats its status. GitHub's does since 2025. Default: true. */
  readonly statusMember?: boolean;
  /** Which of the two forms that were seen the expiry of a token has. Default: `utc`. */
  readonly expirationForm?: "utc" | "offset";
  /** Whether new installation tokens are the long ones of April 2026, but on an Enterprise Server. Default: true. */
  readonly statelessTokens?: boolean;
  /** What an Enterprise Server says that it is. Default: `3.19.1`. */
  readonly enterpriseVersion?: string;
  /** The clock of limits and expiries. Milliseconds since the epoch. Default: `Date.now`. */
  readonly now?: () => number;
  /** Makes it an https server, as `gh` wants an Enterprise Server to be. Both in PEM. */
  readonly tls?: NonNullable<LoopbackServerOptions["tls"]>;
}

/** GitHub's API on loopback, for tests. */
export interface FakeGitHub {
  /** Address of the REST API as of github.com; GraphQL is at `/graphql` below it. */
  readonly url: string;
  /** Address of the REST API as of an Enterprise Server, `/api/v3`; GraphQL is at `/api/graphql`. */
  readonly enterpriseUrl: string;
  /** Every request so far, headers included, the oldest first. */
  readonly requests: readonly LoopbackRequest[];
  /** Where archives are, on an origin of its own that must not see a token. */
  readonly downloads: { readonly url: string; readonly requests: readonly LoopbackRequest[] };
  /** Adds a token, or changes what it stands for. */
  readonly addToken: (token: string, facts?: FakeGitHubToken) => void;
  /** From then on the token is as good as one that never existed. */
  readonly revokeToken: (token: string) => void;
  /** Answers the next requests for an operation, whatever token they carry, each answer as often as it says. */
  readonly script: (operation: GitHubOperation, ...answers: readonly ScriptedAnswer[]) => void;
  /** Ends all connections and frees both ports. */
  readonly close: () => Promise<void>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
}

const defaultRepositories: readonly FakeRepository[] = [
  { id: 1, full_name: "acme/widgets" },
  { id: 2, full_name: "acme/gadgets" },
];

/**
 * Starts GitHub's API on two free ports of the loopback interface: the API in the forms of github.com and of an Enterprise
 * Server, one state behind both, and the place where archives are. Statuses, headers and the texts of refusals are recorded
 * ones; those that are not say so in the source. `await using` closes it at the end of the block. An operation that the fake
 * does not have is a `TypeError`.
 *
 * @see https://docs.github.com/rest (read 2026-11)
 */
export async function startFakeGitHub(options: FakeGitHubOptions = {}): Promise<FakeGitHub> {
  const tokens: TokenTable = new Map();
  for (const [text, facts] of Object.entries(options.tokens ?? {})) tokens.set(text, knownToken(text, facts));
  const script = createAnswerScript<ScriptedAnswer>();
  // An archive's link carries its own right: with another one beside it, storage answers 400.
  const downloads = await startLoopbackServer(({ headers }) =>
    headers.authorization === undefined ? { body: "an archive" } : { status: 400, body: "Bad Request" },
  );
  const service = createGitHubService({
    tokens,
    script,
    apps: (options.apps ?? []).map(knownApp),
    repositories: options.repositories ?? defaultRepositories,
    hourlyLimit: options.hourlyLimit ?? 5_000,
    statusMember: options.statusMember ?? true,
    expirationForm: options.expirationForm ?? "utc",
    statelessTokens: options.statelessTokens ?? true,
    enterpriseVersion: options.enterpriseVersion ?? "3.19.1",
    downloadsUrl: downloads.url,
    now: options.now ?? Date.now,
  });
  const api = await startLoopbackServer(service, options.tls === undefined ? {} : { tls: options.tls });
  const close = async (): Promise<void> => {
    await Promise.all([api.close(), downloads.close()]);
  };
  return {
    url: api.url,
    enterpriseUrl: `${api.url}/api/v3`,
    requests: api.requests,
    downloads,
    addToken: (token, facts) => void tokens.set(token, knownToken(token, facts)),
    revokeToken: (token) => void tokens.delete(token),
    script(operation, ...answers) {
      knownOperation(operation);
      script.add(operation, answers);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
