/** Whether an object of headers has one of these, in any case. The names are in lower case. */
export function hasHeader(headers: object, names: readonly string[]): boolean {
  for (const key in headers) {
    // Without an iterator, which would be made for each request.
    for (let index = 0; index < names.length; index++) {
      const name = names[index] as string;
      if (key.length === name.length && key.toLowerCase() === name && Object.hasOwn(headers, key))
        return true;
    }
  }
  return false;
}
