/** Whether an object of headers has one, in any case. The name is in lower case. */
export function hasHeader(headers: object, name: string): boolean {
  for (const key in headers) {
    if (key.length === name.length && key.toLowerCase() === name && Object.hasOwn(headers, key)) return true;
  }
  return false;
}
