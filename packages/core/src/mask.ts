/** Text of strangers in a message: one line of printable characters, 200 at most. */
export function quotable(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what it removes
  const line = text.replace(/[\u0000-\u001F\u007F-\u009F\u2028\u2029]+/g, " ").trim();
  return line.length > 200 ? `${line.slice(0, 199)}…` : line;
}

/** A function that replaces each of the secrets in a text. What a service answers may echo what it was sent. */
export function maskOf(secrets: readonly string[]): (text: string) => string {
  // The longest first, so that a header value goes before the token that is part of it.
  const longestFirst = secrets.filter((secret) => secret.length >= 4).toSorted((a, b) => b.length - a.length);
  return (text) => longestFirst.reduce((masked, secret) => masked.replaceAll(secret, "[token]"), text);
}

/**
 * The message of an error that a token source threw, fit to be shown. Nobody knows yet which part of it is a token, so
 * every word goes that could be one: only plain words, short ones, and paths made of them stay.
 */
export function safeMessage(error: unknown): string {
  const text = error instanceof Error ? error.message : typeof error === "string" ? error : typeof error;
  return quotable(text.replace(/[^\s"'`,;(){}[\]<>]{6,}/g, (word) => (isOrdinary(word) ? word : "[masked]")));
}

/**
 * Name, message and code of an error, and nothing else of it: another library's error may hold the request that it made,
 * with the token in it.
 */
export function safeCause(error: unknown, message: string): Error {
  const { name, code } = (error ?? {}) as { readonly name?: unknown; readonly code?: unknown };
  const cause = new Error(message);
  if (typeof name === "string" && /^[A-Z][A-Za-z]{0,40}(?:Error|Exception)$/.test(name)) {
    Object.defineProperty(cause, "name", { value: name });
  }
  return typeof code === "string" && /^[A-Z][A-Z_]{1,40}$/.test(code)
    ? Object.assign(cause, { code })
    : cause;
}

function isOrdinary(text: string): boolean {
  const word = text.replace(/[.:!?…]+$/, "");
  if (/^(?:~|\.{0,2})\//.test(word))
    return word.split("/").every((part) => /^(?:.{0,5}|[A-Za-z._-]{1,24})$/.test(part));
  return (
    word.split("-").length <= 3 &&
    word.split("-").every((part) => /^(?:[A-Z]?[a-z]{0,15}|[A-Z]{2,16})$/.test(part))
  );
}
