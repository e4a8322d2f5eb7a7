/**
 * The message of an error that a token source threw, fit to be shown. Nobody knows yet which part of it is a token, so
 * every word goes that could be one: only plain words, short ones, and paths made of them stay.
 */
export function safeMessage(error: unknown): string {
  return quotable(
    beginningOf(textOf(error)).replace(/[^\s"'`,;(){}[\]<>]{6,}/g, (word) =>
      isOrdinary(word) ? word : "[masked]",
    ),
  );
}

/** Whole words only, and no more of them than can be shown: a long text would take long. */
function beginningOf(text: string): string {
  return text.length <= longestRead ? text : text.slice(0, longestRead).replace(/\S+$/, "");
}

/** Characters of a message that are looked at. */
const longestRead = 4_000;

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
  const line = printable(text).trim();
  return line.length > 200 ? `${line.slice(0, 199)}…` : line;
}

/**
 * A text that changes nothing about the terminal or the page that shows it: without line breaks, escapes, and characters
 * that turn the direction of writing or cannot be seen.
 */
export function printable(text: string): string {
  if (/^[\x20-\x7E]*$/.test(text)) return text;
  unprintable ??= new RegExp(String.raw`[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]+`, "gu");
  return text.replace(unprintable, " ");
}

/** Not a literal: with these classes one costs a quarter of a millisecond in each start of a program, whether it is used or not. */
let unprintable: RegExp | undefined;

/** Error codes of the platform that are longer than the abbreviations which stay. */
const platformCodes = new Set(
  "EADDRINUSE EADDRNOTAVAIL EAI_AGAIN ECONNABORTED ECONNREFUSED ECONNRESET EHOSTUNREACH ENAMETOOLONG ENETUNREACH ENOTCONN ENOTEMPTY ENOTFOUND ETIMEDOUT".split(
    " ",
  ),
);

function isOrdinary(text: string): boolean {
  const word = text.replace(/[.:!?…]+$/, "");
  if (platformCodes.has(word)) return true;
  if (/^(?:~|\.{0,2})\//.test(word)) return word.split("/").every(isPathPart);
  // `read-only` stays; two long words with a hyphen may be a passphrase.
  return word.length <= 10 && /^[A-Z]?[a-z]+-[a-z]+$/.test(word) ? true : isWord(word);
}

function isPathPart(part: string): boolean {
  return part.length <= 24 && part.split(/[._-]/).every((piece) => piece.length <= 5 || isWord(piece));
}

/** A word as languages have them, or an abbreviation: not the letters of a key. */
function isWord(text: string): boolean {
  return (
    /^(?:[A-Z]{1,8}|[A-Z]?[a-z]{0,14})$/.test(text) && !/[bcdfghjklmnpqrstvwxz]{5}|[aeiou]{4}/i.test(text)
  );
}
