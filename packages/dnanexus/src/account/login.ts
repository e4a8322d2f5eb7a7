import { ownProperties } from "@auth/core";

import type { Machine } from "../config/config-places.ts";
import { authOrigin, invalid } from "./account.ts";
import type { GrantedToken } from "./ask-auth-server.ts";
import { keepLogin, type KeepOptions, type Login } from "./keep-login.ts";
import { type LoginRequest, newAuthToken, type OtpState } from "./new-auth-token.ts";

/** What a login may do: all that the user may, or no more than a level in each project, with `*` for all of them. */
export type LoginScope =
  | { readonly full: true }
  | {
      readonly projects: Readonly<Record<string, "VIEW" | "UPLOAD" | "CONTRIBUTE" | "ADMINISTER">>;
      readonly phiAccess?: boolean;
    };

/** Why a one-time code is asked for. */
export interface OtpRequest {
  /** 1 at the first time. */
  readonly attempt: number;
  /** How many codes are asked for at most. */
  readonly maxAttempts: number;
}

/** Options of `login`. */
export interface LoginOptions extends KeepOptions {
  readonly username: string;
  /** Sent to the auth server, and kept nowhere. */
  readonly password: string;
  /** The one-time code, where the account has one. It is sent once, and only if the service asks for it. */
  readonly otp?: string | undefined;
  /** Is asked for the one-time code, and again after a wrong one. `undefined` ends the login. */
  readonly askForOtp?:
    | ((request: OtpRequest) => string | undefined | Promise<string | undefined>)
    | undefined;
  /** How many one-time codes may be wrong. Default: 3 with `askForOtp`, else 1. */
  readonly maxAttempts?: number | undefined;
  /** When the token is to end. Milliseconds since the epoch. Default: in 30 days. */
  readonly expiresAt?: number | undefined;
  /** The same as a duration from now. Milliseconds. */
  readonly durationMs?: number | undefined;
  /** Default: what the service gives, which is the full scope. */
  readonly scope?: LoginScope | undefined;
}

const thirtyDaysMs = 30 * 86_400_000;

/** The login as it is on a machine. */
export function loginOn(machine: Machine): (options: LoginOptions) => Promise<Login> {
  return async (given) => {
    const options = ownProperties(given);
    const request = loginRequest(options);
    const { expiresAt, username } = request;
    return keepLogin(options, machine, async (account) => {
      const granted = await withCodes(authOrigin(account), request, options);
      return { ...granted, source: "the new login", blank: " ", expiresAt, username };
    });
  };
}

async function withCodes(origin: string, asked: LoginRequest, options: LoginOptions): Promise<GrantedToken> {
  const { otp, askForOtp, signal } = options;
  const maxAttempts = options.maxAttempts ?? (askForOtp === undefined ? 1 : 3);
  let code: string | undefined;
  for (let attempt = 1; ; attempt += 1) {
    let wanted: OtpState | undefined;
    try {
      return await newAuthToken(origin, asked, code, (state) => void (wanted = state), options);
    } catch (error) {
      // The first answer may ask for a code; every later one is about the code that was sent.
      if (wanted === undefined || (code === undefined) !== (wanted === "required")) throw error;
      if (attempt > maxAttempts) throw error;
      const given = attempt === 1 && otp !== undefined ? otp : await askForOtp?.({ attempt, maxAttempts });
      signal?.throwIfAborted();
      if (given === undefined || given.trim() === "") throw error;
      code = given.trim();
    }
  }
}

function loginRequest(options: LoginOptions): LoginRequest {
  const { username, password, otp, askForOtp, maxAttempts, expiresAt, durationMs, scope, save } = options;
  const now = (options.now ?? Date.now)();
  if (typeof username !== "string" || username.trim() === "")
    throw invalid("the option username is missing or blank", "Give username as on the login page.");
  if (typeof password !== "string" || password === "")
    throw invalid("the option password is missing or empty", "Give password as a text.");
  if (otp !== undefined && typeof otp !== "string")
    throw invalid("the option otp must be a text", "Give otp as a text, so that its zeros stay.");
  for (const [name, value] of Object.entries({ askForOtp, save })) {
    if (value !== undefined && typeof value !== "function")
      throw invalid(`the option ${name} must be a function`, "Pass a function, or leave it out.");
  }
  if (maxAttempts !== undefined && !(Number.isInteger(maxAttempts) && maxAttempts >= 1 && maxAttempts <= 10))
    throw invalid("maxAttempts must be a whole number from 1 to 10", "Give the number of codes to ask for.");
  if (expiresAt !== undefined && durationMs !== undefined)
    throw invalid("both expiresAt and durationMs are given", "Give one of them.");
  const end = Math.trunc(expiresAt ?? now + (durationMs ?? thirtyDaysMs));
  if (!Number.isSafeInteger(end) || end <= now) {
    const name = expiresAt === undefined ? "durationMs" : "expiresAt";
    throw invalid(`${name} does not lie in the future`, `Give ${name} in milliseconds.`);
  }
  return { username: username.trim(), password, expiresAt: end, scope };
}
