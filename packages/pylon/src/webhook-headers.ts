/** The headers of a request: the platform's `Headers`, or an object of them such as Node.js has, in any case. */
export type WebhookHeaders =
  | { get(name: string): string | null | undefined }
  | Readonly<Record<string, string | readonly string[] | undefined>>;

/** A look into headers by lower-case name. A header that came more than once is one value, with commas. */
export function headerReader(headers: WebhookHeaders | undefined): (name: string) => string | undefined {
  if (headers === undefined) return () => undefined;
  const { get } = headers;
  if (typeof get === "function") return (name) => get.call(headers, name) ?? undefined;
  const byName = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return (name) => byName.get(name)?.toString();
}
