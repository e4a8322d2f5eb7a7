/** A member of a JSON object: its own only, so that nothing on `Object.prototype` is taken for data. Else `undefined`. */
export function ownField(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return Object.getOwnPropertyDescriptor(value, name)?.value;
}

/** A member that is a text with something in it, as it came. Else `undefined`. */
export function ownText(value: unknown, name: string): string | undefined {
  const text = ownField(value, name);
  return typeof text === "string" && text.trim() !== "" ? text : undefined;
}

/** Whether a value is a JSON object: neither `null` nor an array. */
export function isJsonObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
