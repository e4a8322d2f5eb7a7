import { createAnswerScript, type LoopbackRequest, startLoopbackServer } from "@auth/testing/loopback";

import {
  createAccount,
  defaultUsers,
  type FakeZendeskClient,
  type FakeZendeskToken,
  type FakeZendeskUser,
} from "./account.ts";
import type { FakeTicket } from "./handlers.ts";
import { knownOperation, type ZendeskOperation } from "./operations.ts";
import type { ScriptedAnswer } from "./script.ts";
import { createZendeskService } from "./zendesk-service.ts";

/** What the account holds, and which of Zendesk's ways it has. */
export interface FakeZendeskOptions {
  /** The OAuth access tokens that the service knows, with what each stands for. Default: none. */
  readonly tokens?: Readonly<Record<string, FakeZendeskToken>>;
  /** The API tokens that the service knows. Any user's email works with each. Default: none. */
  readonly apiTokens?: readonly string[];
  /** The OAuth clients by their identifiers. Default: none. */
  readonly clients?: Readonly<Record<string, FakeZendeskClient>>;
  /** Default: Ada, an administrator, and Grace, an agent. */
  readonly users?: readonly FakeZendeskUser[];
  /** Default: two. */
  readonly tickets?: readonly FakeTicket[];
  /** What is answered to who is nobody, where anybody may ask: as recorded 200, as some expect 401. Default: 200. */
  readonly anonymous?: 200 | 401;
  /** Whether API tokens work at all. Default: true. */
  readonly tokenAccess?: boolean;
  /** The header with the id of an answer: as documented, or as recorded, twice. Default: `x-zendesk-request-id`. */
  readonly requestId?: "x-zendesk-request-id" | "x-request-id";
  /** The status of `POST /oauth/tokens`, of which both are documented. Default: 201. */
  readonly oauthStatus?: 200 | 201;
  /** The clock of expiries. Milliseconds since the epoch. Default: `Date.now`. */
  readonly now?: () => number;
}

/** Zendesk's API for one account on loopback, for tests. */
export interface FakeZendesk {
  /** Address of the account: `http://127.0.0.1:<port>`. */
  readonly url: string;
  /** Every request so far, headers included, the oldest first. */
  readonly requests: readonly LoopbackRequest[];
  /** Where attachments are, on an origin of its own that must not see a token. */
  readonly content: { readonly url: string; readonly requests: readonly LoopbackRequest[] };
  /** Adds an OAuth access token, or changes what it stands for. */
  readonly addToken: (token: string, facts?: FakeZendeskToken) => void;
  /** From then on the token, of either kind, is as good as one that never existed. */
  readonly revokeToken: (token: string) => void;
  /** Answers the next requests for an operation, whatever token they carry, each answer as often as it says. */
  readonly script: (operation: ZendeskOperation, ...answers: readonly ScriptedAnswer[]) => void;
  /** Ends all connections and frees both ports. */
  readonly close: () => Promise<void>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
}

const defaultTickets: readonly FakeTicket[] = [
  { id: 1, subject: "Cannot log in", status: "new" },
  { id: 2, subject: "Invoice is missing", status: "open" },
];

/**
 * Starts Zendesk's API for one account on a free port of the loopback interface, and the place where attachments are on another.
 * `await using` closes both at the end of the block. An operation that the fake does not have is a `TypeError`.
 *
 * @see https://developer.zendesk.com/api-reference/ (read 2026-11)
 */
export async function startFakeZendesk(options: FakeZendeskOptions = {}): Promise<FakeZendesk> {
  const account = createAccount(options.users ?? defaultUsers, options.clients ?? {});
  for (const [text, facts] of Object.entries(options.tokens ?? {})) account.add(text, facts);
  for (const text of options.apiTokens ?? []) account.apiTokens.add(text);
  const script = createAnswerScript<ScriptedAnswer>();
  const content = await startLoopbackServer(({ headers }) =>
    headers.authorization === undefined ? { body: "an attachment" } : { status: 400, body: "Bad Request" },
  );
  const service = createZendeskService({
    account,
    script,
    tickets: options.tickets ?? defaultTickets,
    anonymous: options.anonymous ?? 200,
    tokenAccess: options.tokenAccess ?? true,
    requestId: options.requestId ?? "x-zendesk-request-id",
    oauthStatus: options.oauthStatus ?? 201,
    contentUrl: content.url,
    now: options.now ?? Date.now,
  });
  const api = await startLoopbackServer(service);
  const close = async (): Promise<void> => {
    await Promise.all([api.close(), content.close()]);
  };
  return {
    url: api.url,
    requests: api.requests,
    content,
    addToken: (token, facts) => void account.add(token, facts),
    revokeToken(token) {
      account.tokens.delete(token);
      account.apiTokens.delete(token);
    },
    script(operation, ...answers) {
      knownOperation(operation);
      script.add(operation, answers);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
