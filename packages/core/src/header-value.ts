import { invalid } from "./errors.ts";
import type { HeaderInjection } from "./header-injection.ts";
import type { Token } from "./token.ts";

/** The finished header value for a token. Throws `AUTH_PROVIDER_INVALID`, without the token, where there can be none. */
export function headerValue(inject: HeaderInjection, id: string, token: Token): string {
  const remedy = "Correct the format function of the provider's header injection.";
  let value: unknown;
  try {
    value = inject.format(token.reveal());
  } catch {
    // Not a cause either: its message may quote the token.
    throw invalid(id, `the format function of ${inject.header} threw`, remedy);
  }
  if (isHeaderValue(value)) return value;
  throw invalid(id, `the format function of ${inject.header} gave no header value`, remedy);
}

/** Whether a formatted value may stand in a header: visible ASCII, with spaces inside. */
export function isHeaderValue(value: unknown): value is string {
  return typeof value === "string" && /^[\x21-\x7E](?:[\x20-\x7E]*[\x21-\x7E])?$/.test(value);
}
