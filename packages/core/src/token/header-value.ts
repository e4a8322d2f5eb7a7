import type { FixedHeader } from "../requests/authorizer.ts";
import { invalid } from "../errors.ts";
import type { HeaderForm, HeaderInjection } from "../provider/header-injection.ts";
import type { Token } from "./token.ts";
import { ignoreRejection } from "../untrusted/ignore-rejection.ts";

/** What a provider's setup says of headers. */
export interface HeaderSetup {
  readonly inject: HeaderInjection;
  /** Fixed headers of every request that carries the token. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** The finished headers for a token. */
export interface FinishedHeaders {
  /** Name of the header that carries it, in lower case. */
  readonly header: string;
  readonly value: string;
  readonly beside: readonly FixedHeader[] | undefined;
}

/** The finished headers for a token. Throws `AUTH_PROVIDER_INVALID`, without the token, where there can be none. */
export function finishedHeaders({ inject, headers }: HeaderSetup, id: string, token: Token): FinishedHeaders {
  const form = "forms" in inject ? pickedForm(inject, id, token) : inject;
  return {
    header: form.header,
    value: headerValue(form, id, token),
    beside: fixedHeaders(headers, form.with),
  };
}

function pickedForm(
  { forms, pick }: Extract<HeaderInjection, { readonly forms: unknown }>,
  id: string,
  token: Token,
): HeaderForm {
  const keys = Object.keys(forms).join(", ");
  const remedy = `Return one of ${keys} from the function of the provider's oneOf().`;
  let key: unknown;
  try {
    key = pick(token);
    ignoreRejection(key);
  } catch {
    // Not a cause either: its message may quote the token.
    throw invalid(id, "the function of oneOf() threw", remedy);
  }
  const form = typeof key === "string" && Object.hasOwn(forms, key) ? forms[key] : undefined;
  if (form === undefined) throw invalid(id, "the function of oneOf() picked no form", remedy);
  return form;
}

function headerValue(form: HeaderForm, id: string, token: Token): string {
  const remedy = "Correct the format function of the provider's header injection.";
  let value: unknown;
  try {
    value = form.format(token.reveal());
    ignoreRejection(value);
  } catch {
    // Not a cause either: its message may quote the token.
    throw invalid(id, `the format function of ${form.header} threw`, remedy);
  }
  if (isHeaderValue(value)) return value;
  throw invalid(id, `the format function of ${form.header} gave no header value`, remedy);
}

function fixedHeaders(
  headers: Readonly<Record<string, string>> = {},
  lists: Readonly<Record<string, string>> = {},
): readonly FixedHeader[] | undefined {
  const fixed = [
    ...Object.entries(headers).map(([name, value]) => ({ name: name.toLowerCase(), value, isList: false })),
    ...Object.entries(lists).map(([name, value]) => ({ name: name.toLowerCase(), value, isList: true })),
  ];
  return fixed.length === 0 ? undefined : fixed;
}

/** Whether a formatted value may stand in a header: visible ASCII, with spaces inside. */
export function isHeaderValue(value: unknown): value is string {
  return typeof value === "string" && /^[\x21-\x7E](?:[\x20-\x7E]*[\x21-\x7E])?$/.test(value);
}
