import { randomBytes } from "node:crypto";

import { ownField } from "@auth/core";
import type { LoopbackAnswer, LoopbackRequest } from "@auth/testing/loopback";

import type { Account, FakeZendeskUser, KnownToken } from "./account.ts";
import type { ZendeskOperation } from "./operations.ts";
import type { ZendeskProblemName } from "./problems.ts";

/** A ticket of the fake. */
export interface FakeTicket {
  readonly id: number;
  readonly subject: string;
  readonly status?: string;
}

/** A request that has come past credentials and permission. */
interface AcceptedRequest {
  readonly request: LoopbackRequest;
  readonly id: string | undefined;
  readonly user: FakeZendeskUser;
  /** Absent: an API token. */
  readonly token: KnownToken | undefined;
  readonly account: Account;
  readonly tickets: readonly FakeTicket[];
  /** Where attachments are. */
  readonly contentUrl: string;
}

type Handler = (accepted: AcceptedRequest) => LoopbackAnswer | ZendeskProblemName;

export const handlers: Readonly<Record<Exclude<ZendeskOperation, "POST /oauth/tokens">, Handler>> = {
  "GET /api/v2/users/me": ({ user }) => ({
    body: { user: { ...shown(user), authenticity_token: randomBytes(32).toString("base64") } },
  }),
  "GET /api/v2/users": ({ account }) => ({
    body: {
      users: account.users.map(shown),
      next_page: null,
      previous_page: null,
      count: account.users.length,
    },
  }),
  "GET /api/v2/tickets": ({ tickets }) => ({
    body: { tickets, next_page: null, previous_page: null, count: tickets.length },
  }),
  "GET /api/v2/tickets/{id}": ({ tickets, id }) => {
    const ticket = tickets.find((one) => String(one.id) === id);
    return ticket === undefined ? "record_not_found" : { body: { ticket } };
  },
  "POST /api/v2/tickets": ({ request, tickets }) => {
    const subject = ownField(ownField(parsed(request.body), "ticket"), "subject");
    if (typeof subject !== "string") return "invalid_request";
    return { status: 201, body: { ticket: { id: tickets.length + 1, subject, status: "new" } } };
  },
  "GET /api/v2/account/settings": () => ({ body: { settings: { api: { accepted_api_agreement: true } } } }),
  "GET /api/v2/oauth/tokens/current": ({ token }) =>
    token === undefined ? "not_authenticated" : { body: { token: shownToken(token) } },
  "DELETE /api/v2/oauth/tokens/{id}": ({ account, id }) => {
    const [text] = [...account.tokens].find(([, token]) => String(token.id) === id) ?? [];
    if (text === undefined) return "record_not_found";
    account.tokens.delete(text);
    return { status: 204 };
  },
  "GET /attachments/token/{name}": ({ contentUrl, id }) => ({
    status: 302,
    headers: { location: `${contentUrl}/${id}?token=${randomBytes(8).toString("hex")}` },
  }),
};

/** What is answered to who is nobody: 200, and a user without an id. Its other members are not confirmed. */
export const anonymousUser = { user: { id: null, name: "Anonymous user", email: null, role: "end-user" } };

function shown({ suspended = false, ...user }: FakeZendeskUser): object {
  return {
    ...user,
    url: `https://acme.zendesk.com/api/v2/users/${user.id}.json`,
    verified: true,
    active: true,
    suspended,
    locale: "en-US",
    created_at: "2026-01-01T00:00:00Z",
  };
}

function shownToken({ id, user, scopes, expiresAt }: KnownToken): object {
  const expires_at = expiresAt === undefined ? null : new Date(expiresAt).toISOString();
  return { id, user_id: user.id, scopes, expires_at };
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
