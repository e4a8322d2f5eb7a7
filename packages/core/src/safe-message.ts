/**
 * The message of an error that a token source threw, fit to be shown. Nobody knows yet which part of it is a token, so
 * every word goes that could be one: only plain words, short ones, and paths made of them stay.
 */
export function safeMessage(error: unknown): string {
  return quotable(
    textOf(error).replace(/[^\s"'`,;(){}[\]<>]{6,}/g, (word) => (isOrdinary(word) ? word : "[masked]")),
  );
}

/** What was thrown need not be an error, and its message need not be a text that can be had. */
function textOf(error: unknown): string {
  try {
    const text: unknown = error instanceof Error ? error.message : error;
    if (typeof text === "string") return text;
  } catch {
    // It does not let itself be read: its type is all that there is to say.
  }
  return typeof error;
}

/** Text of strangers in a message: one line of printable characters, 200 at most. */
export function quotable(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what it removes
  const line = text.replace(/[\u0000-\u001F\u007F-\u009F\u2028\u2029]+/g, " ").trim();
  return line.length > 200 ? `${line.slice(0, 199)}…` : line;
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
