import { ownField, isJsonObject } from "@auth/core";

import type { ConfigLayer, ConfigPlace, Reading } from "./config-layer.ts";

/** The form in which a token stands in `DX_SECURITY_CONTEXT`. */
export const securityContextForm = '{"auth_token_type":"Bearer","auth_token":"…"}';

/** The context that a logout leaves behind. */
export const loggedOutContext = '{"auth_token":"PUBLIC","auth_token_type":"Bearer"}';

const key = "DX_SECURITY_CONTEXT";

/** The token that a place holds, whether or not it counts. A function, so that printing it shows nothing. */
export function tokenIn(layer: ConfigLayer): Reading<() => string> {
  const { place } = layer;
  const reading = layer.get(key);
  if (reading.state !== "set") return reading;
  const context = parse(reading.value);
  if (typeof context === "string") return { state: "broken", problem: context, remedy: correction(place) };
  const { token } = context;
  return token === "PUBLIC" ? loggedOut(place) : { state: "set", value: () => token };
}

/** A token as the toolkit writes it, with or without a blank behind `:` and `,`. */
export function securityContextText(token: string, type: string, blank: "" | " "): string {
  const member = (name: string, value: string): string =>
    `${JSON.stringify(name)}:${blank}${JSON.stringify(value)}`;
  return `{${member("auth_token", token)},${blank}${member("auth_token_type", type)}}`;
}

/** The token, else what is wrong, which quotes nothing. */
function parse(text: string): { readonly token: string } | string {
  let context: unknown;
  try {
    context = JSON.parse(text);
  } catch {
    // The parser's message quotes the text.
    const isAlone = /^[^\s{}"',:[\]]+$/.test(text);
    return isAlone ? "it is a token alone, without the JSON around it" : "the security context is not JSON";
  }
  if (!isJsonObject(context)) return "the security context is not a JSON object";
  const token = ownField(context, "auth_token");
  if (typeof token !== "string" || token.trim() === "") return "the security context has no auth_token";
  if (token.trim() === "PUBLIC") return { token: "PUBLIC" };
  const type = ownField(context, "auth_token_type");
  // Written as the server spelled it: `bearer` after a login with a password, `Bearer` after one with a token.
  if (typeof type !== "string" || type.toLowerCase() !== "bearer")
    return "the security context is not of the token type Bearer";
  return { token: token.trim() };
}

function loggedOut(place: ConfigPlace): Reading<never> {
  const name = place.nameOf(key);
  switch (place.kind) {
    case "variable":
      return { state: "hidden", reason: `${name} holds PUBLIC, which means logged out`, remedy: "Unset it." };
    case "environment": {
      const remedy = `Unset ${key} to use the saved login, or set it to ${securityContextForm}.`;
      return { state: "hidden", reason: `${key} holds the PUBLIC context, which means logged out`, remedy };
    }
    default:
      return {
        state: "hidden",
        reason: `${name} holds the PUBLIC context, which means logged out`,
        remedy: "Run dx login.",
      };
  }
}

function correction(place: ConfigPlace): string {
  switch (place.kind) {
    case "environment":
      return `Set ${key} to ${securityContextForm}, or unset it to use the saved login.`;
    case "machine":
      return `Set ${key} in ${place.nameOf(key)} to ${securityContextForm}, as a JSON text within the JSON, or take it out.`;
    default:
      return `Run dx login, which writes ${place.nameOf(key)} anew.`;
  }
}
