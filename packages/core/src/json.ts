/**
 * Parses JSON of a stranger: strings go through `mask`, and a `__proto__` key is dropped. Throws without the parser's own
 * message, which quotes the text.
 */
export function parseJson(text: string, mask: (text: string) => string = (same) => same): unknown {
  try {
    return JSON.parse(text, function (this: unknown, key: string, value: unknown) {
      if (key === "__proto__") return undefined;
      if (typeof value === "string") return mask(value);
      return isRecord(value) ? maskKeys(value, mask) : value;
    });
  } catch {
    throw new SyntaxError("It is not JSON.");
  }
}

/** What a body holds: parsed JSON, the text where it is none, `undefined` where it is empty. Strings go through `mask`. */
export function readData(text: string, mask: (text: string) => string = (same) => same): unknown {
  if (text === "") return undefined;
  try {
    return parseJson(text, mask);
  } catch {
    return mask(text);
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function maskKeys(record: Record<string, unknown>, mask: (text: string) => string): Record<string, unknown> {
  if (Object.keys(record).every((key) => mask(key) === key)) return record;
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [mask(key), value]));
}
