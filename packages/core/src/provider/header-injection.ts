import type { Token } from "../token/token.ts";

/** One header that carries the token, and in which form. */
export interface HeaderForm {
  /** Name of the header, in lower case. */
  readonly header: string;
  /** The header's value for a token. */
  readonly format: (token: string) => string;
  /** Fixed headers that go along, by name. Where the caller sets one as well, it is a list, and joined. Never a secret. */
  readonly with?: Readonly<Record<string, string>>;
}

/** Several forms, of which the token decides. Made by {@link oneOf}. */
export interface HeaderChoice {
  readonly forms: Readonly<Record<string, HeaderForm>>;
  /** The key of the form for a token. */
  readonly pick: (token: Token) => string;
}

/** Which header carries the token, and in which form. */
export type HeaderInjection = HeaderForm | HeaderChoice;

/** What goes along with a form. */
export interface FormOptions {
  /** Fixed headers, by name. Where the caller sets one as well, it is a list, and joined. Never a secret. */
  readonly with?: Readonly<Record<string, string>>;
}

/** What a header of its own can be given. */
export interface HeaderOptions extends FormOptions {
  /** The header's value for a token. Default: the token as it is. */
  readonly format?: (token: string) => string;
}

/** `Authorization: Bearer <token>` (RFC 6750, section 2.1). */
export function bearer(options: FormOptions = {}): HeaderForm {
  return { header: "authorization", format: (token) => `Bearer ${token}`, ...besides(options) };
}

/**
 * The token in a header of its own, such as `x-api-key`: as it is, or in the form that `format` gives it. Fixed headers may go
 * along: `header("x-api-key", { with: { "anthropic-beta": "…" } })`.
 */
export function header(name: string, given: ((token: string) => string) | HeaderOptions = {}): HeaderForm {
  const { format = (token: string) => token, ...options } =
    typeof given === "function" ? { format: given } : given;
  return { header: name.toLowerCase(), format, ...besides(options) };
}

/**
 * `Authorization: Basic <base64 of user:token>` (RFC 7617): the token is the password. The user name may be empty and
 * must not hold a colon.
 */
export function basic(user: string, options: FormOptions = {}): HeaderForm {
  if (user.includes(":")) throw new TypeError("basic() was given a user name with a colon in it.");
  return {
    header: "authorization",
    format: (token) => `Basic ${base64(`${user}:${token}`)}`,
    ...besides(options),
  };
}

/**
 * One of several forms, picked by the token: by its source, or by how it begins. All their header names count: a caller's own
 * of any of them wins, and none goes to a foreign origin.
 */
export function oneOf<Key extends string>(
  forms: Readonly<Record<Key, HeaderForm>>,
  pick: (token: Token) => NoInfer<Key>,
): HeaderChoice {
  return { forms, pick };
}

/** All forms of an injection. */
export function formsOf(injection: HeaderInjection): readonly HeaderForm[] {
  return "forms" in injection ? Object.values(injection.forms) : [injection];
}

function besides({ with: beside }: FormOptions): FormOptions {
  return beside === undefined ? {} : { with: beside };
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

/** What keeps an injection from being used, or `undefined`. */
export function injectionProblem(injection: HeaderInjection): string | undefined {
  if ("forms" in injection) {
    if (typeof injection.pick !== "function") return "oneOf() has no function that picks a form";
    if (typeof injection.forms !== "object" || formsOf(injection).length === 0) return "oneOf() has no forms";
  }
  const forms = formsOf(injection);
  return forms.map((form) => formProblem(form, forms)).find((problem) => problem !== undefined);
}

function formProblem(form: HeaderForm, forms: readonly HeaderForm[]): string | undefined {
  if (typeof form !== "object" || form === null) return "one of its forms is none";
  if (!isHeaderName(form.header)) return "its header name is not one that HTTP allows";
  if (typeof form.format !== "function") return "its header has no format function";
  return fixedProblem(form.with, forms);
}

/** What keeps fixed headers from being sent, or `undefined`. */
export function fixedProblem(given: unknown, forms: readonly HeaderForm[]): string | undefined {
  if (given === undefined) return undefined;
  if (typeof given !== "object" || given === null || Array.isArray(given))
    return "its fixed headers are no object of names and values";
  for (const [name, value] of Object.entries(given)) {
    const inLowerCase = name.toLowerCase();
    if (!isHeaderName(inLowerCase)) return "the name of a fixed header is not one that HTTP allows";
    if (typeof value !== "string" || !/^[\x21-\x7E](?:[\x20-\x7E]*[\x21-\x7E])?$/.test(value))
      return `the fixed header ${inLowerCase} has no value that HTTP allows`;
    if (forms.some((form) => form.header === inLowerCase) || secretNames.has(inLowerCase))
      return `the header ${inLowerCase} carries a secret, so it is not a fixed one`;
  }
  return undefined;
}

/** Headers that are for secrets, and never fixed. */
const secretNames = new Set(["authorization", "proxy-authorization", "cookie"]);

/** Whether it can name a header, in lower case. */
export function isHeaderName(name: unknown): name is string {
  // RFC 9110, section 5.6.2: the characters that a field name may have.
  return typeof name === "string" && /^[!#$%&'*+\-.^_`|~0-9a-z]+$/.test(name);
}
