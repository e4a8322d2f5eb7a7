import { notePlatformFetch } from "../runtime.ts";

type Fetch = typeof globalThis.fetch;

/** The platform's `fetch`, looked up at each call, since programs replace it. */
export interface PlatformFetch {
  readonly fetch: Fetch;
  /** Keeps the one of now, for the time when `auth.fetch` itself, which is `own`, is the global one. */
  remember(own: Fetch): void;
  /** Whether nobody has replaced it: then its way with redirects is known. */
  isNative(): boolean;
  /**
   * Sends what was sent through here and came back to auth.fetch, by a replacement that calls it later; it has its header.
   * `undefined` for anything else.
   */
  sendReturned(input: unknown, init: unknown): Promise<Response> | undefined;
  /** Marks options that are nobody else's for {@link sendReturned}, so that they need not be copied for it. */
  mark(init: RequestInit): void;
}

/** In the options of what is sent through a replacement. Copies of them have it too. */
const sentBy = Symbol("sent by");

interface Mark {
  readonly platform: PlatformFetch;
  readonly times: number;
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
  let sentOnce: Mark | undefined;

  const platform: PlatformFetch = {
    fetch(input, init) {
      const current = globalThis.fetch;
      // A replacement that calls auth.fetch comes back to here while it is called.
      const send = depth > 0 || ours in current ? remembered : current;
      if (send === undefined || depth > 1) throw circle();
      depth++;
      try {
        return send(input, platform.isNative() ? init : marked(init, (sentOnce ??= { platform, times: 1 })));
      } finally {
        depth--;
      }
    },
    remember(own) {
      const current = globalThis.fetch;
      if (depth === 0 && current !== own) remembered ??= current;
    },
    sendReturned(input, init) {
      if (typeof init !== "object" || init === null) return undefined;
      const { [sentBy]: mark } = init as { readonly [sentBy]?: Mark };
      if (mark?.platform !== platform) return undefined;
      if (remembered === undefined || mark.times > 1) throw circle();
      return remembered(input as string, marked(init, { platform, times: 2 }));
    },
    mark(init) {
      if (!platform.isNative()) (init as { [sentBy]?: Mark })[sentBy] = sentOnce ??= { platform, times: 1 };
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

function circle(): TypeError {
  return new TypeError(
    "The global fetch leads back to auth.fetch. Pass the fetch that is to send as the option fetch.",
  );
}

/** A copy of options, of the same class, with the mark. */
function marked(init: RequestInit | undefined, mark: Mark): RequestInit {
  if (init !== undefined && init !== null && (init as { [sentBy]?: Mark })[sentBy] === mark) return init;
  const prototype = Object.getPrototypeOf(init ?? {}) as object | null;
  return Object.assign(Object.create(prototype) as RequestInit, init, { [sentBy]: mark });
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
