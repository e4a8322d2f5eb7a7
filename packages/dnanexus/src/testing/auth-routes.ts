import { randomBytes } from "node:crypto";

import { ownField } from "@auth/core";

import { ApiError } from "./api-error.ts";
import { bearer, type Call, type Route } from "./route.ts";
import { readScope } from "./scope.ts";
import { type FakeScope, type FakeToken, type StoredToken, userIdOf } from "./token-store.ts";

/** The routes of the auth server, which shares the listener with the API server. */
export const authRoutes: readonly Route[] = [
  { path: "/system/newAuthToken", anonymous: true, answer: newAuthToken },
  { path: "/system/getUserInfo", answer: getUserInfo },
  { path: "/system/destroyAuthToken", answer: destroyAuthToken },
];

const thirtyDaysMs = 30 * 86_400_000;

/** With a user name and password, a login; with a bearer, a token derived from it. */
function newAuthToken(call: Call): object {
  const { input, token, now } = call;
  const asked = ownField(input, "expires");
  const expiresAt = typeof asked === "number" ? asked : now() + thirtyDaysMs;
  const label = ownField(input, "label");
  const facts = { ...scopeOf(input), ...(typeof label === "string" && { label }) };

  if (ownField(input, "username") !== undefined) {
    return issue(call, { ...facts, user: checkPassword(call), kind: "login", expiresAt });
  }
  if (token === undefined) {
    throw new ApiError("InvalidAuthentication", "You need to be logged in to use this method");
  }
  if (ownField(input, "grant_type") === "authorization_code") return authorizationCode(call, token);
  const child = {
    ...facts,
    user: token.userId,
    kind: token.kind,
    expiresAt: Math.min(expiresAt, token.expiresAt ?? Infinity),
  };
  return issue(call, { ...child, ...(token.job !== undefined && { job: token.job }) }, token.signature);
}

/** A code that signs a browser in to a web application of a job's. */
function authorizationCode({ input, oauth }: Call, { userId, scope }: StoredToken): object {
  const clientId = ownField(input, "client_id");
  const redirectUri = ownField(input, "redirect_uri");
  if (typeof clientId !== "string" || typeof redirectUri !== "string")
    throw new ApiError("InvalidInput", "client_id and redirect_uri must be strings");
  const code = oauth.codes.issue({ userId, clientId, redirectUri, scope: scopeOf(input).scope ?? scope });
  return { authorization_code: code, token_type: "code", user_id: userId };
}

function checkPassword({ input, directory, lockout }: Call): string {
  const name = ownField(input, "username");
  const userId = typeof name === "string" ? userIdOf(name) : "";
  // The type of this error is not documented.
  if (lockout.isLocked(userId)) throw new ApiError("AccountLockedError", "The account is locked for a time");
  const fail = (type: string, message: string): ApiError => {
    lockout.failed(userId);
    return new ApiError(type, message);
  };
  const user = directory.users.get(userId);
  if (user?.password === undefined || user.password !== ownField(input, "password"))
    throw fail("UsernameOrPasswordError", "Incorrect username and/or password");
  const otp = ownField(input, "otp") ?? undefined;
  if (user.otp !== undefined && otp === undefined)
    throw new ApiError("OTPRequiredError", "A verification code is required");
  if (user.otp !== undefined && otp !== user.otp)
    throw fail("OTPMismatchError", "The verification code is not correct");
  lockout.succeeded(userId);
  return userId;
}

function issue(call: Call, facts: FakeToken, parentSignature?: string): object {
  const token = randomBytes(16).toString("hex");
  const { signature, userId } = call.store.add(token, facts, parentSignature);
  return { access_token: token, token_type: "bearer", token_signature: signature, user_id: userId };
}

function scopeOf(input: object): { readonly scope?: FakeScope } {
  const given = ownField(input, "scope");
  if (given === undefined) return {};
  const scope = readScope(given);
  if (scope === undefined) throw new ApiError("InvalidInput", "scope is neither full nor a list of projects");
  return { scope };
}

function getUserInfo(call: Call): object {
  const { userId } = bearer(call);
  return { username: call.directory.users.get(userId)?.handle ?? userId.slice("user-".length) };
}

function destroyAuthToken(call: Call): object {
  const signature = ownField(call.input, "tokenSignature");
  const stored = typeof signature === "string" ? call.store.findBySignature(signature) : undefined;
  if (stored === undefined) throw new ApiError("ResourceNotFound", "The token could not be found");
  if (stored.userId !== bearer(call).userId) {
    throw new ApiError("PermissionDenied", "The token belongs to another user");
  }
  call.store.destroy(stored.signature);
  return {};
}
