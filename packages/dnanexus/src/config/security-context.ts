import { field, isJsonObject } from "@auth/core";

/** What the JSON text in `DX_SECURITY_CONTEXT` says. */
export type SecurityContext =
  | { readonly state: "token"; readonly reveal: () => string }
  /** The pseudo-token that `dx logout` writes. */
  | { readonly state: "logged out" }
  | { readonly state: "broken"; readonly problem: string };

/** The form in which a token stands in `DX_SECURITY_CONTEXT`. */
export const securityContextForm = '{"auth_token_type":"Bearer","auth_token":"…"}';

/** Reads the JSON text in `DX_SECURITY_CONTEXT`. What is wrong with it is told without quoting it. */
export function readSecurityContext(text: string): SecurityContext {
  let context: unknown;
  try {
    context = JSON.parse(text);
  } catch {
    return { state: "broken", problem: "the security context is not JSON" };
  }
  if (!isJsonObject(context))
    return { state: "broken", problem: "the security context is not a JSON object" };
  const token = field(context, "auth_token");
  if (typeof token !== "string" || token.trim() === "") {
    return { state: "broken", problem: "the security context has no auth_token" };
  }
  if (token.trim() === "PUBLIC") return { state: "logged out" };
  const type = field(context, "auth_token_type");
  // Written as the server spelled it: `bearer` after a login with a password, `Bearer` after one with a token.
  if (typeof type !== "string" || type.toLowerCase() !== "bearer") {
    return { state: "broken", problem: "the security context is not of the token type Bearer" };
  }
  return { state: "token", reveal: () => token };
}

/** The context that a logout leaves behind. */
export const loggedOutContext = '{"auth_token":"PUBLIC","auth_token_type":"Bearer"}';

/** A token as the toolkit writes it, with or without a blank behind `:` and `,`. */
export function securityContextText(token: string, type: string, blank: "" | " "): string {
  const member = (name: string, value: string): string =>
    `${JSON.stringify(name)}:${blank}${JSON.stringify(value)}`;
  return `{${member("auth_token", token)},${blank}${member("auth_token_type", type)}}`;
}
