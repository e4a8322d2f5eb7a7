/** Real origins, each with the address on loopback that takes its place: `{ "https://api.acme.example": server.url }`. */
export type LoopbackAddresses = Readonly<Record<string, string>>;

/**
 * A `fetch` that sends what goes to a real origin to its place on loopback, so that a program is tested as it is, with the
 * addresses that it has. It rejects what goes anywhere else, so that no test leaves the machine.
 */
export function loopbackFetch(addresses: LoopbackAddresses): typeof globalThis.fetch {
  // Not the global one of the time of the call: a test may have put this one in its place.
  const platform = globalThis.fetch;
  return async (input, init) => {
    const isRequest = typeof input === "object" && "url" in input;
    const url = new URL(isRequest ? input.url : input);
    const there = `${onLoopback(url.origin, addresses)}${url.pathname}${url.search}`;
    const response = await platform(isRequest ? new Request(there, input) : there, init);
    // Who asks where an answer came from is told the real origin.
    return Object.defineProperty(response, "url", { value: inReality(response.url, addresses) });
  };
}

function inReality(url: string, addresses: LoopbackAddresses): string {
  const origin = URL.canParse(url) ? new URL(url).origin : undefined;
  const [real] = Object.entries(addresses).find(([, address]) => address === origin) ?? [];
  return origin === undefined || real === undefined ? url : real + url.slice(origin.length);
}

/** The loopback address that takes the place of an origin. Throws where there is none. */
export function onLoopback(origin: string, addresses: LoopbackAddresses): string {
  const address = new URL(origin).hostname === "127.0.0.1" ? origin : addresses[origin];
  if (address === undefined) throw new TypeError(`There is no ${origin} on loopback.`);
  return address;
}
