/** A function that replaces each of the secrets in a text. What a service answers may echo what it was sent. */
export function maskOf(secrets: readonly string[]): (text: string) => string {
  // The longest first, so that a header value goes before the token that is part of it.
  const longestFirst = secrets.filter((secret) => secret.length >= 4).toSorted((a, b) => b.length - a.length);
  return (text) => longestFirst.reduce((masked, secret) => masked.replaceAll(secret, "[token]"), text);
}

/**
 * Name, message and code of an error, and nothing else of it: another library's error may hold the request that it made,
 * with the token in it.
 */
export function safeCause(error: unknown, message: string): Error {
  const { name, code } = factsOf(error);
  const cause = new Error(message);
  if (typeof name === "string" && /^[A-Z][A-Za-z]{0,40}(?:Error|Exception)$/.test(name)) {
    Object.defineProperty(cause, "name", { value: name });
  }
  return typeof code === "string" && /^[A-Z][A-Z_]{1,40}$/.test(code)
    ? Object.assign(cause, { code })
    : cause;
}

function factsOf(error: unknown): { readonly name?: unknown; readonly code?: unknown } {
  try {
    const { name, code } = error as { readonly name?: unknown; readonly code?: unknown };
    return { name, code };
  } catch {
    // There is no object, or one that does not let itself be read.
    return {};
  }
}
