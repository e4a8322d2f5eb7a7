/** A member of a JSON object; `undefined` where there is none, or the value is no object. */
export function field(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return Object.getOwnPropertyDescriptor(value, name)?.value;
}

/** A member that is a text with something in it. */
export function textField(value: unknown, name: string): string | undefined {
  const text = field(value, name);
  return typeof text === "string" && text.trim() !== "" ? text : undefined;
}
