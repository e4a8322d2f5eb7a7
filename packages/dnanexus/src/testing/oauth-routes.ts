import { randomBytes } from "node:crypto";

import type { LoopbackAnswer, LoopbackRequest } from "@auth/testing/loopback";

import type { AuthorizationCodes } from "./authorization-codes.ts";
import type { FakeDirectory } from "./directory.ts";
import { readScope } from "./scope.ts";
import { type FakeScope, type TokenStore, userIdOf } from "./token-store.ts";

/** A program that the service has registered for OAuth2. */
export interface FakeClient {
  /** Where the browser may be sent back to, to the letter. Port 0 stands for any. */
  readonly redirectUris: readonly string[];
  /** Asked for at the exchange. Default: none. */
  readonly secret?: string;
}

/** What the user of a browser is asked. */
export interface ConsentRequest {
  readonly clientId: string;
  readonly scope: FakeScope;
}

/** What the grant is made of. */
export interface OAuth {
  readonly clients: ReadonlyMap<string, FakeClient>;
  /** Who is signed in and agrees: a handle. `undefined`: they refuse. */
  readonly consent: (request: ConsentRequest) => string | undefined;
  readonly codes: AuthorizationCodes;
}

interface Service {
  readonly oauth: OAuth;
  readonly store: TokenStore;
  readonly directory: FakeDirectory;
  readonly now: () => number;
}

const monthSeconds = 30 * 86_400;

/** The page that a browser is sent to, and the exchange of codes. `undefined`: the request is for something else. */
export function answerOAuth(request: LoopbackRequest, service: Service): LoopbackAnswer | undefined {
  if (request.path === "/oauth2/authorize" && request.method === "GET") return authorize(request, service);
  if (request.path === "/oauth2/token" && request.method === "POST") return exchange(request, service);
  return undefined;
}

/** In place of the page: the answer of somebody who is signed in. */
function authorize({ url }: LoopbackRequest, { oauth, directory }: Service): LoopbackAnswer {
  const query = new URL(url, "http://127.0.0.1").searchParams;
  const clientId = query.get("client_id") ?? "";
  const redirectUri = query.get("redirect_uri") ?? "";
  // To an address that is not registered the browser is not sent: whoever wrote it would get the code.
  if (!(oauth.clients.get(clientId)?.redirectUris ?? []).some((one) => isSameAddress(one, redirectUri))) {
    return {
      status: 400,
      headers: { "content-type": "text/html" },
      body: "<html><p>This client, or its redirect_uri, is not registered.</p></html>",
    };
  }
  const state = query.get("state");
  const back = (answer: Readonly<Record<string, string>>): LoopbackAnswer => {
    const location = new URL(redirectUri);
    const parameters = { ...answer, ...(state !== null && { state }) };
    for (const [name, value] of Object.entries(parameters)) location.searchParams.append(name, value);
    return { status: 302, headers: { location: location.href, "content-type": "text/html" }, body: "" };
  };
  if (query.get("response_type") !== "code") return back({ error: "unsupported_response_type" });
  const scope = scopeOf(query.get("scope"));
  if (scope === undefined) return back({ error: "invalid_scope" });
  const user = oauth.consent({ clientId, scope });
  if (user === undefined) return back({ error: "access_denied" });
  directory.addUser(user);
  return back({ code: oauth.codes.issue({ userId: userIdOf(user), clientId, redirectUri, scope }) });
}

// A body that is no form is refused, and not in the API's words.
function exchange({ headers, body }: LoopbackRequest, { oauth, store, now }: Service): LoopbackAnswer {
  const mediaType = headers["content-type"]?.split(";")[0]?.trim().toLowerCase();
  if (mediaType !== "application/x-www-form-urlencoded") return refused("invalid_request", "not a form");
  const form = new URLSearchParams(body);
  if (form.get("grant_type") !== "authorization_code") return refused("unsupported_grant_type");
  const grant = oauth.codes.take(form.get("code") ?? "");
  if (grant === undefined) return refused("invalid_grant", "the code is unknown, used, or too old");
  if (form.get("redirect_uri") !== grant.redirectUri)
    return refused("invalid_grant", "redirect_uri is another");
  // Whether the real service asks for it is not documented: one partner leaves it out.
  const clientId = form.get("client_id");
  const secret = oauth.clients.get(grant.clientId)?.secret;
  if ((clientId !== null && clientId !== grant.clientId) || (form.get("client_secret") ?? secret) !== secret)
    return refused("invalid_client", undefined, 401);
  if (secret !== undefined && !form.has("client_secret")) return refused("invalid_client", undefined, 401);

  const token = randomBytes(16).toString("hex");
  const expiresAt = now() + monthSeconds * 1000;
  const facts = { user: grant.userId, kind: "login", scope: grant.scope, expiresAt } as const;
  const { signature, userId } = store.add(token, { ...facts, label: grant.clientId });
  return {
    body: {
      access_token: token,
      token_type: "bearer",
      expires_in: monthSeconds,
      refresh_token: randomBytes(16).toString("hex"),
      scope: grant.scope,
      token_signature: signature,
      user_id: userId,
    },
  };
}

function refused(error: string, description?: string, status = 400): LoopbackAnswer {
  return {
    status,
    body: { error, ...(description !== undefined && { error_description: description }) },
  };
}

function scopeOf(text: string | null): FakeScope | undefined {
  try {
    return text === null ? { full: true } : readScope(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function isSameAddress(registered: string, given: string): boolean {
  if (registered === given) return true;
  if (!URL.canParse(given) || !URL.canParse(registered)) return false;
  const [known, asked] = [new URL(registered), new URL(given)];
  if (known.port !== "0") return false;
  asked.port = "0";
  return known.href === asked.href;
}
