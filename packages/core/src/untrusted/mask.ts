/**
 * A function that replaces each of the secrets in a text. What a service answers may echo what it was sent: as it is, in
 * other case, or written for a URL, a page, a JSON text, in hexadecimal or in Base64, and any of these in another, in one
 * piece or with white space and what cannot be seen in between. A word that has the form of the service's tokens goes as well.
 */
export function maskOf(secrets: readonly string[], tokenPattern?: RegExp): (text: string) => string {
  const usable = secrets.filter((secret) => secret.length >= shortestSecret);
  let needles: readonly Needle[] | undefined;
  return (text) => {
    needles ??= usable.flatMap(needlesOf);
    const found = needles;
    const ranges = found.length === 0 ? [] : readingsOf(text).flatMap((reading) => rangesIn(reading, found));
    const masked = replaceRanges(text, ranges);
    return tokenPattern === undefined
      ? masked
      : masked.replace(/[^\s"'`,;:=(){}[\]<>]{16,}/g, (word) => (tokenPattern.test(word) ? "[token]" : word));
  };
}

/** Anything shorter cannot be told from a part of a word. */
const shortestSecret = 4;

/** What is looked for with gaps in it: anything shorter may be the end of one word and the beginning of the next. */
const shortestInPieces = 8;

/** A way in which a secret may be spelled. */
interface Needle {
  /** In lower case. */
  readonly text: string;
  /** Whether the characters beside it may hold a part of the secret. */
  readonly inBase64: boolean;
}

/** What may stand between the pieces of a secret: a message ends up without it, or with a space in its place. */
function gaps(): RegExp {
  // Not a literal, which would be read in each start of a program. What colours a terminal begins with U+001B.
  return (gapsMade ??= new RegExp(String.raw`(?:\u001B\[[\d;]*[A-Za-z]|[\s\p{Cc}\p{Cf}])+`, "gu"));
}

let gapsMade: RegExp | undefined;

/** A text as it is searched, and where each of its characters stood in the first one. */
interface Reading {
  readonly text: string;
  /** Absent: every character stands where it stood. */
  readonly starts?: readonly number[];
  readonly ends?: readonly number[];
  /** Whether the gaps are taken out. */
  readonly isClosed?: boolean;
}

type Range = readonly [start: number, end: number];

function needlesOf(secret: string): Needle[] {
  const bytes = new TextEncoder().encode(secret);
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const asItIs = [
    secret,
    secret.replaceAll(" ", "+"),
    secret.replaceAll("+", " "),
    layersOf(secret).at(-1)?.text ?? secret,
    hex,
  ];
  const base64 = [0, 1, 2].flatMap((before) => {
    const core = base64Core(bytes, before);
    return [core, core.replaceAll("+", "-").replaceAll("/", "_")];
  });
  const unique = (texts: readonly string[]): string[] =>
    [...new Set(texts.map(lowerCase))].filter((text) => text.length >= shortestSecret);
  return [
    ...unique(asItIs).map((text) => ({ text, inBase64: false })),
    ...unique(base64).map((text) => ({ text, inBase64: true })),
  ];
}

/** What the Base64 of any text looks like that holds these bytes behind so many others, modulo three. */
function base64Core(bytes: Uint8Array, before: number): string {
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  // The characters at both ends hold bits of what stands beside the secret as well.
  return btoa("\0".repeat(before) + binary).slice(
    Math.ceil((before * 8) / 6),
    Math.floor(((before + bytes.length) * 8) / 6),
  );
}

/** Lower case, where that leaves every character in its place. */
function lowerCase(text: string): string {
  const lower = text.toLowerCase();
  return lower.length === text.length ? lower : text;
}

const escapes =
  /(?:%[0-9a-f]{2})+|%u[0-9a-f]{4}|\\(?:u[0-9a-f]{4}|u\{[0-9a-f]{1,6}\}|x[0-9a-f]{2}|[0-3][0-7]{2}|[^])|&(?:#0*\d{1,7}|#x0*[0-9a-f]{1,6}|[a-z]{2,6});?/gi;

/**
 * A text as it is, and with everything undone that escapes a character for a URL, a page or a string: once, twice, and as often
 * as there is something to undo. Each is searched, since undoing too much may join what stands beside a secret to it.
 */
function readingsOf(text: string): readonly Reading[] {
  return layersOf(text).flatMap((layer) => [layer, ...closed(layer)]);
}

function layersOf(text: string): readonly Reading[] {
  const readings: Reading[] = [{ text }];
  for (let layer = 0, last: Reading | undefined = { text }; layer < 5 && last !== undefined; layer++) {
    last = decodeOnce(last);
    if (last !== undefined) readings.push(last);
  }
  return readings;
}

/** The same without gaps, where there are any. */
function closed({ text, starts, ends }: Reading): readonly Reading[] {
  const pieces: string[] = [];
  const nextStarts: number[] = [];
  const nextEnds: number[] = [];
  let copied = 0;
  const keep = (to: number): void => {
    pieces.push(text.slice(copied, to));
    for (let at = copied; at < to; at++) {
      nextStarts.push(starts?.[at] ?? at);
      nextEnds.push(ends?.[at] ?? at + 1);
    }
  };
  for (const { 0: gap, index } of text.matchAll(gaps())) {
    keep(index);
    copied = index + gap.length;
  }
  if (copied === 0) return [];
  keep(text.length);
  return [{ text: pieces.join(""), starts: nextStarts, ends: nextEnds, isClosed: true }];
}

function decodeOnce({ text, starts, ends }: Reading): Reading | undefined {
  const pieces: string[] = [];
  const nextStarts: number[] = [];
  const nextEnds: number[] = [];
  const add = (piece: string, from: number, to: number): void => {
    pieces.push(piece);
    const isWhole = piece.length !== to - from;
    for (let index = 0; index < piece.length; index++) {
      const [first, last] = isWhole ? [from, to - 1] : [from + index, from + index];
      nextStarts.push(starts?.[first] ?? first);
      nextEnds.push(ends?.[last] ?? last + 1);
    }
  };
  let copied = 0;
  for (const { 0: escape, index } of text.matchAll(escapes)) {
    const end = index + escape.length;
    if (/^%[^u]/i.test(escape)) {
      const piece = percentDecoded(escape);
      add(text.slice(copied, index), copied, index);
      // One by one where each stands for one character, so that no more is masked than the secret.
      if (piece.length * 3 === escape.length)
        for (let at = 0; at < piece.length; at++) add(piece.charAt(at), index + at * 3, index + at * 3 + 3);
      else add(piece, index, end);
      copied = end;
      continue;
    }
    const piece = escape.startsWith("&") ? entity(escape) : unescaped(escape);
    if (piece === undefined) continue;
    add(text.slice(copied, index), copied, index);
    add(piece, index, end);
    copied = end;
  }
  if (copied === 0) return undefined;
  add(text.slice(copied), copied, text.length);
  return { text: pieces.join(""), starts: nextStarts, ends: nextEnds };
}

function percentDecoded(escape: string): string {
  try {
    return decodeURIComponent(escape);
  } catch {
    return escape.replace(/%(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  }
}

function unescaped(escape: string): string {
  const hex = /^[\\%](?:u\{?|x)([0-9a-f]+)\}?$/i.exec(escape)?.[1];
  if (hex !== undefined) return character(Number.parseInt(hex, 16));
  if (escape.length > 2) return character(Number.parseInt(escape.slice(1), 8));
  return /^\\[bfnrtv]$/.test(escape) ? "\n" : escape.slice(1);
}

/** The characters that templates and libraries write by name. */
const entities: Readonly<Record<string, string>> = {
  amp: "&",
  apos: "'",
  ast: "*",
  bsol: "\\",
  colon: ":",
  comma: ",",
  commat: "@",
  dollar: "$",
  equals: "=",
  excl: "!",
  grave: "`",
  gt: ">",
  hat: "^",
  hyphen: "-",
  lbrace: "{",
  lbrack: "[",
  lowbar: "_",
  lpar: "(",
  lsqb: "[",
  lt: "<",
  num: "#",
  percnt: "%",
  period: ".",
  plus: "+",
  quest: "?",
  quot: '"',
  rbrace: "}",
  rbrack: "]",
  rpar: ")",
  rsqb: "]",
  semi: ";",
  sol: "/",
  tilde: "~",
  verbar: "|",
  vert: "|",
};

function entity(escape: string): string | undefined {
  const name = escape.slice(1).replace(";", "").toLowerCase();
  if (!name.startsWith("#")) return Object.hasOwn(entities, name) ? entities[name] : undefined;
  return character(name.startsWith("#x") ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1)));
}

function character(code: number): string {
  return code <= 0x10_ffff ? String.fromCodePoint(code) : "";
}

function rangesIn(
  { text: read, starts, ends, isClosed = false }: Reading,
  needles: readonly Needle[],
): Range[] {
  const text = lowerCase(read);
  const ranges: Range[] = [];
  for (const { text: whole, inBase64 } of needles) {
    const needle = isClosed ? whole.replace(gaps(), "") : whole;
    if (isClosed && needle.length < shortestInPieces) continue;
    for (let at = text.indexOf(needle); at !== -1;) {
      let end = at + needle.length;
      let start = at;
      // Without the gaps, the words beside it would look like a part of it.
      if (inBase64 && !isClosed) {
        while (start > 0 && isBase64(text.charCodeAt(start - 1))) start--;
        while (isBase64(text.charCodeAt(end)) || text.charAt(end) === "=") end++;
      }
      ranges.push([starts?.[start] ?? start, ends?.[end - 1] ?? end]);
      at = text.indexOf(needle, end);
    }
  }
  return ranges;
}

/** Letters, digits, and `+ / - _`. */
function isBase64(code: number): boolean {
  const isLetter = (code >= 97 && code <= 122) || (code >= 65 && code <= 90);
  return isLetter || (code >= 47 && code <= 57) || code === 43 || code === 45 || code === 95;
}

function replaceRanges(text: string, ranges: readonly Range[]): string {
  if (ranges.length === 0) return text;
  let masked = "";
  let covered = 0;
  for (const [start, end] of ranges.toSorted(([a], [b]) => a - b)) {
    // Those that overlap are one: a header's value, and the token in it.
    if (start >= covered) masked += `${text.slice(covered, start)}[token]`;
    covered = Math.max(covered, end);
  }
  return masked + text.slice(covered);
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
