import type { AuthErrorCode, AuthOptions, Environment, Identity } from "@auth/core";

import type { LoopbackAnswer, LoopbackRequest } from "./loopback-server.ts";

/** An answer of the service, as it was recorded. */
export interface RecordedAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A text as it is; anything else as JSON. Absent: no body. */
  readonly body?: unknown;
}

/** What the service answers beside yes and no, and what the provider should make of it. */
export interface OtherAnswer extends RecordedAnswer {
  /** What happened, for the messages of the suite: `rate limited`. */
  readonly name: string;
  /** The code of the error that `verify` rejects with. */
  readonly code: AuthErrorCode;
  /** How long the answer asks to wait, where it does. Milliseconds. More than a few seconds keep the suite quick. */
  readonly retryAfterMs?: number;
}

/** What the service answers to the request of `verify`. */
export interface RecordedAnswers {
  /** To a good token. Default status: 200. */
  readonly accepted: Partial<RecordedAnswer>;
  /** To a token that the service does not know. Default status: 401. */
  readonly rejected: Partial<RecordedAnswer>;
  readonly others?: readonly OtherAnswer[];
}

/** What makes the provider's own sources hold a token. */
export interface Arrangement<Options extends object = object> {
  readonly env?: Environment;
  readonly options?: Options & AuthOptions;
}

/** A further kind of token of the same service. What it leaves out is as with the first. */
export interface TokenKind {
  /** For the messages: `an installation's token`. */
  readonly name: string;
  readonly sampleToken: NonNullable<ConformanceFacts["sampleToken"]>;
  readonly header?: ConformanceFacts["header"];
  readonly headers?: Readonly<Record<string, string>>;
  readonly identity?: ConformanceFacts["identity"];
  readonly answers?: RecordedAnswers;
  readonly verifyPath?: string;
  readonly verifyHeaders?: Readonly<Record<string, string>>;
}

/** What the suite has to know of a provider and its service. */
export interface ConformanceFacts<Options extends object = object> {
  /** The header that carries a token: its name in lower case, and its value. */
  readonly header: (token: string) => readonly [name: string, value: string];
  /** The fixed headers that go with the token to the service's origins: `{ "acme-version": "2026-11-01" }`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What `verify` makes of the accepted answer. */
  readonly identity: Identity & Readonly<Record<string, unknown>>;
  readonly answers: RecordedAnswers;
  /** The environment variable that the provider reads its token from; or the variables in which a token stands. */
  readonly env?: string | ((token: string) => Readonly<Record<string, string>>);
  /** What the factory cannot do without, beside the options of every provider. `url` is the suite's own server. */
  readonly options?: Options | ((url: string) => Options);
  /**
   * Makes the provider's own sources hold a token, where that takes more than `env`: writes a file, names a command.
   * Not needed where `options` and `routes` do it. `url` is the suite's own server.
   */
  readonly arrange?: (token: string, url: string) => Arrangement<Options> | Promise<Arrangement<Options>>;
  /** What the service answers beside verify: an endpoint that gives out `token`. `undefined`: nothing here. */
  readonly routes?: (request: LoopbackRequest, token: string) => LoopbackAnswer | undefined;
  /** Makes a token, no two alike, where the provider is particular about its form. Default: `canary-<id>-<16 hex>`. */
  readonly sampleToken?: () => string;
  /** Path and query of the request of `verify`, below `baseUrl`, with a slash. Default: any. */
  readonly verifyPath?: string;
  /** Headers that the request of `verify` has beside the token and the fixed ones. */
  readonly verifyHeaders?: Readonly<Record<string, string>>;
  /** Further kinds of token, where the service has an endpoint, a header or answers of its own for each. */
  readonly kinds?: readonly TokenKind[];
  /** The time by which the recorded answers are read. Milliseconds since the epoch. Default: the real one. */
  readonly now?: number;
  /** Other secrets among the options, which must not show anywhere either. */
  readonly secrets?: readonly string[];
  /** Name of the header with the service's id for an answer. */
  readonly requestIdHeader?: string;
  /** The package's main entry: `new URL("./index.ts", import.meta.url)`. Its import is watched, in a process of its own. */
  readonly entry?: URL;
  /** What the package exports from `./undici`. Nothing of undici is loaded. */
  readonly authInterceptor?: (auth: never) => (dispatch: never) => unknown;
  /** `node`: the main entry may import `node:` modules. Default: `everywhere`. */
  readonly runsOn?: "everywhere" | "node";
}
