import { inspect } from "node:util";

/** Everything that a program may print of a value, in one text: inspected to the bottom, as JSON, as text. */
export function printedForms(value: unknown): string {
  const everything = { depth: Infinity, showHidden: true, maxStringLength: null, maxArrayLength: null };
  const texts = [inspect(value, everything), json(value)];
  for (
    let error: unknown = value, depth = 0;
    error instanceof Error && depth < 10;
    error = error.cause, depth++
  )
    texts.push(String(error), error.stack ?? "", json(error.cause));
  // eslint-disable-next-line typescript/no-base-to-string -- that it may have a text of its own is what it is asked for
  texts.push(attempt(() => String(value)));
  return texts.join("\n");
}

/** Whether a text shows one of the secrets: as it is, in base64 wherever it stands, in hex, or encoded for a URL. */
export function shows(text: string, secrets: readonly string[]): boolean {
  return secrets.flatMap(formsOf).some((form) => form.length >= 6 && text.includes(form));
}

function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  // What stands before it moves it against the groups of three bytes: the characters at the edges are left out.
  const encoded = [0, 1, 2].flatMap((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes])
      .toString("base64")
      .replace(/=+$/, "");
    const inner = text.slice(before === 0 ? 0 : before + 1, -1);
    return [inner, inner.replaceAll("+", "-").replaceAll("/", "_")];
  });
  return [
    secret,
    ...encoded,
    bytes.toString("hex"),
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
  ];
}

function json(value: unknown): string {
  return attempt(() => JSON.stringify(value) ?? "");
}

function attempt(print: () => string): string {
  try {
    return print();
  } catch {
    return "";
  }
}
