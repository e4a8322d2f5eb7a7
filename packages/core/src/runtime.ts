/**
 * Cloudflare Workers tie a promise to the request that made it, and keep a header across origins on a redirect unless a
 * compatibility flag is set that cannot be seen from inside.
 */
export function isWorkers(): boolean {
  return (globalThis as { navigator?: { userAgent?: string } }).navigator?.userAgent === "Cloudflare-Workers";
}
