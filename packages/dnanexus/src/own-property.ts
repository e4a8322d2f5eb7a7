/** A property of a value that came from JSON: its own only, so that nothing on `Object.prototype` is taken for data. */
export function ownProperty(value: unknown, name: string): unknown {
  return isJsonObject(value) && Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined;
}

/** Whether a value is a JSON object: neither `null` nor an array. */
export function isJsonObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
