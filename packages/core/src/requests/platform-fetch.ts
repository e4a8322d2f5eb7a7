import { notePlatformFetch } from "../runtime.ts";

type Fetch = typeof globalThis.fetch;

/** The platform's `fetch`, looked up at each call, since programs replace it. */
export interface PlatformFetch {
  readonly fetch: Fetch;
  /** Keeps the one of now, for the time when `auth.fetch` itself, which is `own`, is the global one. */
  remember(own: Fetch): void;
  /** Whether nobody has replaced it: then its way with redirects is known. */
  isNative(): boolean;
}

// Registered globally: each provider package carries a copy of this module.
const ours = Symbol.for("auth-providers.fetch.1");

/** Marks a `fetch` that adds a token, so that none is ever sent through itself. */
export function markAuthorized(fetch: Fetch): Fetch {
  return Object.defineProperty(fetch, ours, { value: true });
}

/**
 * `globalThis.fetch = auth.fetch` is a way to use it. What sends then is the `fetch` that was there
 * when `auth.fetch` was first taken.
 */
export function createPlatformFetch(): PlatformFetch {
  let remembered: Fetch | undefined;
  let depth = 0;
  let known: unknown;
  let native = false;

  const platform: PlatformFetch = {
    fetch(input, init) {
      const current = globalThis.fetch;
      // A replacement that calls auth.fetch comes back to here while it is called.
      const send = depth > 0 || ours in current ? remembered : current;
      if (send === undefined || depth > 1) {
        throw new TypeError(
          "The global fetch leads back to auth.fetch. Pass the fetch that is to send as the option fetch.",
        );
      }
      depth++;
      try {
        return send(input, init);
      } finally {
        depth--;
      }
    },
    remember(own) {
      const current = globalThis.fetch;
      if (depth === 0 && current !== own) remembered ??= current;
    },
    isNative() {
      const current = globalThis.fetch;
      if (current !== known) {
        known = current;
        native = isNative(current);
      }
      return native;
    },
  };
  notePlatformFetch(platform.fetch);
  return platform;
}

/** Node.js brings a function of its own that loads undici, other platforms one whose source is not shown. */
function isNative(fetch: unknown): boolean {
  if (typeof fetch !== "function" || ours in fetch) return false;
  const source = Function.prototype.toString.call(fetch);
  return (
    /^function fetch\(\)\s*\{\s*\[native code\]\s*\}$/.test(source) ||
    (source.startsWith("function fetch(") && source.includes("internal/deps/undici/undici"))
  );
}
