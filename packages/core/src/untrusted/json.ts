/**
 * Parses untrusted JSON: a `__proto__` key is dropped. Linear, without a reviver, which would make a large text slow.
 * Throws without the parser's own message, which quotes the text.
 */
export function parseJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new SyntaxError("It is not JSON.");
  }
  // Its letters may be escaped. Without any of that there is no such key, and nothing to walk through.
  if (/__proto__|\\u00(?:5f|6f|7[024])/i.test(text)) dropPrototypes(value);
  return value;
}

/** What a body holds: parsed JSON, the text where it is none, `undefined` where it is empty. */
export function readData(text: string): unknown {
  if (text === "") return undefined;
  try {
    return parseJson(text);
  } catch {
    return text;
  }
}

/** With a list instead of recursion, since an answer may be nested as deeply as it likes. */
function dropPrototypes(root: unknown): void {
  const left = [root];
  while (left.length > 0) {
    const value = left.pop();
    if (typeof value !== "object" || value === null) continue;
    if (Object.hasOwn(value, "__proto__")) Reflect.deleteProperty(value, "__proto__");
    for (const member of Array.isArray(value) ? value : Object.values(value))
      if (typeof member === "object" && member !== null) left.push(member);
  }
}
