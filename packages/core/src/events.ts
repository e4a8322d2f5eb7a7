/** What every event has. */
export interface EventBase {
  /** Id of the provider. */
  readonly provider: string;
  /** When, in milliseconds since the epoch. */
  readonly at: number;
}

/** What happened, for logs, metrics and traces. Never holds a token. */
export type AuthEvent =
  | (EventBase & {
      readonly type: "source.tried";
      readonly source: string;
      readonly outcome: "used" | "unavailable" | "failed";
      readonly durationMs: number;
      readonly reason?: string;
    })
  | (EventBase & {
      readonly type: "token.loaded";
      readonly source: string;
      readonly durationMs: number;
      readonly expiresAt?: number;
    })
  | (EventBase & { readonly type: "token.rejected"; readonly source: string })
  | (EventBase & {
      readonly type: "header.attached";
      readonly origin: string;
      readonly source: string;
      /** The fixed headers that went with the token's own. */
      readonly headers?: Readonly<Record<string, string>>;
    })
  | (EventBase & {
      readonly type: "header.withheld";
      readonly origin: string;
      /** `foreign origin`, or `set by the caller`: the request has a header of that name already. */
      readonly reason: "foreign origin" | "set by the caller";
    })
  | (EventBase & {
      readonly type: "verify.done";
      /** `verified`, or the code of the error. */
      readonly outcome: string;
      readonly durationMs: number;
      readonly status?: number;
      readonly requestId?: string;
    })
  | (EventBase & {
      /** The right to get the next token of those that many processes share. */
      readonly type: "store.won";
      readonly source: string;
      /** The store's name, and the key in it. */
      readonly store: string;
      readonly key: string;
      readonly fence: number;
    })
  | (EventBase & {
      /** Another process is getting it, or all are to wait after a failure. */
      readonly type: "store.held";
      readonly source: string;
      /** The store's name, and the key in it. */
      readonly store: string;
      readonly key: string;
      readonly holder?: string;
      readonly paused: boolean;
      /** For how long at most. Milliseconds. */
      readonly remainingMs: number;
    })
  | (EventBase & {
      /** Another process has got it. */
      readonly type: "store.newer";
      readonly source: string;
      /** The store's name, and the key in it. */
      readonly store: string;
      readonly key: string;
      readonly generation: number;
    })
  | (EventBase & {
      /** This process has got it, and it is in the store. */
      readonly type: "store.published";
      readonly source: string;
      /** The store's name, and the key in it. */
      readonly store: string;
      readonly key: string;
      readonly generation: number;
    })
  | (EventBase & {
      /** The claim ended before there was something to publish. */
      readonly type: "store.lost";
      readonly source: string;
      /** The store's name, and the key in it. */
      readonly store: string;
      readonly key: string;
      readonly fence: number;
    })
  | (EventBase & {
      /** The store could not be asked. */
      readonly type: "store.failed";
      readonly source: string;
      /** The store's name, and the key in it. */
      readonly store: string;
      readonly key: string;
      readonly reason: string;
    });

/** What an event can be about. */
export type AuthEventType = AuthEvent["type"];

type Facts<Type extends AuthEventType> = Omit<Extract<AuthEvent, { type: Type }>, "type" | "provider" | "at">;

/** Where a provider's events go. */
export interface Events {
  /** Whether anybody listens. Ask before putting an event's facts together. */
  wants(type: AuthEventType): boolean;
  emit<Type extends AuthEventType>(type: Type, facts: Facts<Type>): void;
}

interface Channel {
  readonly hasSubscribers: boolean;
  publish(message: unknown): void;
}

type Diagnostics = { channel(name: string): Channel } | undefined;

/**
 * Events go to the `onEvent` function and, where the runtime has `node:diagnostics_channel`, to the channels
 * `auth-providers:<type>`. An `onEvent` that throws disturbs nobody; a channel's subscriber that throws is reported by the
 * runtime, as with every channel.
 */
export function createEvents(
  provider: string,
  now: () => number,
  onEvent: ((event: AuthEvent) => void) | undefined,
): Events {
  // Not by an import, since the main entry has to load where there are no `node:` modules.
  const { process } = globalThis as { process?: { getBuiltinModule?: (name: string) => Diagnostics } };
  const diagnostics = process?.getBuiltinModule?.("node:diagnostics_channel");
  const channels: Partial<Record<AuthEventType, Channel>> = {};
  const channel = (type: AuthEventType): Channel | undefined =>
    diagnostics && (channels[type] ??= diagnostics.channel(`auth-providers:${type}`));
  return {
    wants: (type) => onEvent !== undefined || channel(type)?.hasSubscribers === true,
    emit(type, facts) {
      const event = { type, provider, at: now(), ...facts } as unknown as AuthEvent;
      if (onEvent !== undefined) ignoreFailure(() => onEvent(event));
      channel(type)?.publish(event);
    },
  };
}

function ignoreFailure(listener: () => unknown): void {
  try {
    const result = listener();
    if (result instanceof Promise) result.catch(() => undefined);
  } catch {
    // The listener's own affair: a request must not fail because somebody could not log it.
  }
}
