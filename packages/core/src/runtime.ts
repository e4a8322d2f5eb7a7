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
