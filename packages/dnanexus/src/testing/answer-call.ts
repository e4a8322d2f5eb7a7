import { isJsonObject } from "@auth/core";
import type { LoopbackAnswer, LoopbackRequest } from "@auth/testing/loopback";

import { ApiError, errorAnswer } from "./api-error.ts";
import { apiRoutes } from "./api-routes.ts";
import { projectRoutes } from "./project-routes.ts";
import { authRoutes } from "./auth-routes.ts";
import { preflight } from "./cors.ts";
import type { FakeDirectory } from "./directory.ts";
import { identityRoutes } from "./identity-routes.ts";
import type { IdentityTokens } from "./identity-tokens.ts";
import type { Lockout } from "./lockout.ts";
import { answerOAuth, type OAuth } from "./oauth-routes.ts";
import { findRoute } from "./route.ts";
import { type Script, scriptedAnswer } from "./script.ts";
import type { StoredToken, TokenStore } from "./token-store.ts";

/** What the service has besides its routes. */
export interface Service {
  readonly store: TokenStore;
  readonly directory: FakeDirectory;
  readonly identity: IdentityTokens;
  readonly script: Script;
  readonly oauth: OAuth;
  readonly lockout: Lockout;
  readonly now: () => number;
}

const routes = [...apiRoutes, ...projectRoutes, ...identityRoutes, ...authRoutes];

/** Answers a request in the service's order: script, route, body, token, method. */
export function answerCall(request: LoopbackRequest, service: Service): LoopbackAnswer {
  // Every method is a POST; what the issuer of identity tokens publishes is read with GET.
  const found = request.method === "POST" ? findRoute(routes, request.path) : undefined;
  const scripted = service.script.take((route) => route === request.path || route === found?.route.path);
  const ordinary = (): LoopbackAnswer =>
    preflight(request) ??
    published(request, service) ??
    answerOAuth(request, service) ??
    answerRoute(found, request, service);
  return scripted === undefined ? ordinary() : scriptedAnswer(scripted, ordinary);
}

function published({ method, path }: LoopbackRequest, { identity }: Service): LoopbackAnswer | undefined {
  const document = method === "GET" ? identity.document(path) : undefined;
  return document === undefined ? undefined : { body: document };
}

function answerRoute(
  found: ReturnType<typeof findRoute>,
  { path, headers, body }: LoopbackRequest,
  service: Service,
): LoopbackAnswer {
  try {
    if (found === undefined) throw new ApiError("ResourceNotFound", `"${path}" is no method of this service`);
    const { route, objectId } = found;
    const input = parseBody(body, headers["content-type"]);
    const token = authenticate(headers.authorization, service, route.anonymous === true);
    return { body: route.answer({ ...service, objectId, input, headers, token }) };
  } catch (error) {
    if (error instanceof ApiError) return errorAnswer(error);
    throw error;
  }
}

function parseBody(body: string, contentType: string | undefined): object {
  const mediaType = contentType?.split(";")[0]?.trim().toLowerCase();
  if (mediaType !== undefined && mediaType !== "application/json") {
    throw new ApiError("MalformedJSON", "Content-Type must be application/json");
  }
  let input: unknown;
  try {
    input = JSON.parse(body);
  } catch {
    throw new ApiError("MalformedJSON", "The request body is not valid JSON");
  }
  if (!isJsonObject(input)) throw new ApiError("InvalidInput", "The request body is not a JSON object");
  return input;
}

function authenticate(
  authorization: string | undefined,
  { store, now }: Service,
  anonymous: boolean,
): StoredToken | undefined {
  if (authorization === undefined) {
    if (anonymous) return undefined;
    throw new ApiError("InvalidAuthentication", "You need to be logged in to use this method");
  }
  const value = /^bearer +(\S+)$/i.exec(authorization)?.[1];
  const token = value === undefined ? undefined : store.find(value);
  if (token === undefined) throw new ApiError("InvalidAuthentication", "the token could not be found");
  if (token.expiresAt !== undefined && token.expiresAt <= now()) {
    throw new ApiError("InvalidAuthentication", "The supplied authentication token has expired");
  }
  return token;
}
