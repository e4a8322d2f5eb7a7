/** Which header carries the token, and in which form. */
export interface HeaderInjection {
  /** Name of the header, in lower case. */
  readonly header: string;
  /** The header's value for a token. */
  readonly format: (token: string) => string;
}

/** `Authorization: Bearer <token>` (RFC 6750, section 2.1). */
export function bearer(): HeaderInjection {
  return { header: "authorization", format: (token) => `Bearer ${token}` };
}

/** The token in a header of its own, such as `x-api-key`; as it is, or in the form that `format` gives it. */
export function header(name: string, format: (token: string) => string = (token) => token): HeaderInjection {
  return { header: name.toLowerCase(), format };
}

/**
 * `Authorization: Basic <base64 of user:token>` (RFC 7617): the token is the password. The user name may be empty and
 * must not hold a colon.
 */
export function basic(user: string): HeaderInjection {
  if (user.includes(":")) throw new TypeError("basic() was given a user name with a colon in it.");
  return { header: "authorization", format: (token) => `Basic ${base64(`${user}:${token}`)}` };
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

/** What keeps an injection from being used, or `undefined`. */
export function injectionProblem(injection: HeaderInjection): string | undefined {
  // RFC 9110, section 5.6.2: the characters that a field name may have.
  if (typeof injection.header !== "string" || !/^[!#$%&'*+\-.^_`|~0-9a-z]+$/.test(injection.header))
    return "its header name is not one that HTTP allows";
  if (typeof injection.format !== "function") return "its header has no format function";
  return undefined;
}
