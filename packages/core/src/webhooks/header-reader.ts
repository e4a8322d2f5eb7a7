/** The headers of a request: the platform's `Headers`, or an object of them such as Node.js has, in any case. */
export type WebhookHeaders =
  | { get(name: string): string | null | undefined }
  | Readonly<Record<string, string | readonly string[] | undefined>>;

/** A look into headers by lower-case name. A header that came more than once is one value, with commas. */
export type HeaderReader = (name: string) => string | undefined;

/** The reader of a request's headers; without headers, one that finds none. */
export function headerReader(headers: WebhookHeaders | undefined): HeaderReader {
  if (typeof headers !== "object" || headers === null) return () => undefined;
  const { get } = headers;
  if (typeof get === "function") return (name) => get.call(headers, name) ?? undefined;
  const all = Object.entries(headers).filter(([, value]) => value !== undefined);
  return (name) => {
    const values = all.filter(([other]) => other.toLowerCase() === name).flatMap(([, value]) => value);
    return values.length === 0 ? undefined : values.join(", ");
  };
}
