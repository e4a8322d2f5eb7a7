import { sha256 } from "./sha256.ts";

/**
 * A token and what is known of it. However it is printed, inspected or turned into JSON, it shows as
 * `[token from env PYLON_API_TOKEN]`.
 */
export interface Token {
  /** Where it came from: `env PYLON_API_TOKEN`, `option token`, `file …`. */
  readonly source: string;
  /** When it stops being valid, in milliseconds since the epoch. Absent: nobody said. */
  readonly expiresAt?: number;
  /** The secret itself. The one way to get it out; what happens to it then is the caller's business. */
  reveal(): string;
  /** The first 8 hexadecimal digits of its SHA-256: tells two tokens apart without showing either. */
  fingerprint(): string;
  toString(): string;
  toJSON(): string;
}

export function createToken(value: string, source: string, expiresAt?: number): Token {
  return new SecretToken(value, source, expiresAt);
}

/** What keeps a text from being sent as a token, told without showing any of it; `undefined` if nothing does. */
export function tokenProblem(value: string): string | undefined {
  if (value.length > 16_384)
    return `is ${value.length} characters long; 16384 is the most a header can carry`;
  if (/^(["'`]).*\1$/s.test(value)) return "is in quotes";
  if (/^bearer\s/i.test(value)) return "begins with the word Bearer, which the header adds by itself";
  const position = value.search(/[^\x21-\x7E]/);
  if (position === -1) return undefined;
  const character = value.charCodeAt(position);
  const kind =
    character === 10 || character === 13
      ? "a line break"
      : character === 32 || character === 9
        ? "a space"
        : character < 32 || character === 127
          ? "a control character"
          : "a character outside ASCII";
  return `has ${kind} at position ${position + 1} of ${value.length}`;
}

class SecretToken implements Token {
  readonly #value: string;
  readonly source: string;
  declare readonly expiresAt?: number;

  constructor(value: string, source: string, expiresAt: number | undefined) {
    this.#value = value;
    this.source = source;
    if (expiresAt !== undefined) this.expiresAt = expiresAt;
  }

  reveal(): string {
    return this.#value;
  }

  fingerprint(): string {
    return sha256(this.#value).slice(0, 8);
  }

  toString(): string {
    return `[token from ${this.source}]`;
  }

  toJSON(): string {
    return this.toString();
  }

  static {
    // What Node.js, Deno and Bun call to inspect an object.
    for (const inspect of ["nodejs.util.inspect.custom", "Deno.customInspect"]) {
      Object.defineProperty(this.prototype, Symbol.for(inspect), { value: this.prototype.toString });
    }
  }
}
