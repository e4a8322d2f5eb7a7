const platformFetches = /* @__PURE__ */ new WeakSet<typeof globalThis.fetch>();

/** Notes a `fetch` that is the platform's, however it looks. */
export function notePlatformFetch(fetch: typeof globalThis.fetch): void {
  platformFetches.add(fetch);
}

/** Whether requests go out by the platform's own means. */
export function isPlatformFetch(fetch: typeof globalThis.fetch | undefined): boolean {
  return fetch === undefined || platformFetches.has(fetch);
}

/**
 * Cloudflare Workers tie a promise to the request that made it, and keep a header across origins on a redirect unless a
 * compatibility flag is set that cannot be seen from inside.
 */
export function isWorkers(): boolean {
  return (globalThis as { navigator?: { userAgent?: string } }).navigator?.userAgent === "Cloudflare-Workers";
}

/** What it takes beside the language itself. Asked for by name: Node.js loads its own when they are touched. */
const needed = ["AbortController", "Headers", "TextDecoder", "TextEncoder", "URL"] as const;

/** What this runtime lacks, as the rest of "it needs …"; `undefined` where it has everything. */
export function missingInRuntime(): string | undefined {
  const { process, Bun, Deno } = globalThis as {
    process?: { versions?: { node?: string } };
    Bun?: unknown;
    Deno?: unknown;
  };
  const version = Bun === undefined && Deno === undefined ? process?.versions?.node : undefined;
  const [major = 0, minor = 0] = version?.split(".").map(Number) ?? [Number.POSITIVE_INFINITY];
  if (major < 22 || (major === 22 && minor < 19)) return `Node.js 22.19 or later, and this is ${version}`;
  const missing = needed.filter((name) => !(name in globalThis));
  return missing.length === 0 ? undefined : `${missing.join(" and ")}, which this runtime lacks`;
}
