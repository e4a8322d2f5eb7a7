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

/** What almost every token looks like, and no mistake: one look in place of ten, most of them for the first time in a program. */
const ordinary = /^(?!your|_|\.|x{3})[\w.~+/-]{20,}=*$/i;

const placeholder = "is a placeholder that nobody filled in";

/** Texts that can be no token, and what each of them is. */
const mistakes: readonly (readonly [form: RegExp, problem: string])[] = [
  [/^(["'`]).*\1$/s, "is in quotes"],
  [/^bearer\s/i, "begins with the word Bearer, which the header adds by itself"],
  // ${NAME}, $(NAME), ${{ secrets.NAME }}, $NAME, $env:NAME
  [/^\$(?:\{.*\}|\(.*\)|(?:env:)?[A-Za-z_]\w*)$/s, placeholder],
  // {env:NAME}, {NAME}, {{ name }}, <token>, [token], %NAME%, __NAME__
  [/^(?:\{[\w:. -]+\}|\{\{.*\}\}|<[^<>]*>|\[(?!object )[\w :.-]*\]|%\w+%|__[A-Z_]+__)$/s, placeholder],
  [
    /^(?:your[-_ ].*(?:token|key|secret)(?:[-_ ]here)?|change[-_]?me|replace[-_]?me|placeholder|todo|x{3,})$/i,
    placeholder,
  ],
  [/\*{3}|^[.\u2022\u2026]+$/, "is masked: only a part of it is left, or nothing"],
  [
    /^(?:undefined|null|none|nil|nan|true|false|\[object \w+\])$/i,
    "is a word of a program and no token, as a variable gives it that is not set",
  ],
  [/^[a-z][a-z\d+.-]*:\/\//i, "is an address or a reference to a secret, and not the secret"],
  [/^(?:export\s+)?[A-Z][A-Z\d_]*\s?=\s?[^=\s]/, "is a line NAME=value, and not the value alone"],
];

/** What keeps a text from being sent as a token, told without showing any of it; `undefined` if nothing does. */
export function tokenProblem(value: string): string | undefined {
  if (value.length > 16_384)
    return `is ${value.length} characters long; 16384 is the most a header can carry`;
  if (ordinary.test(value)) return undefined;
  const mistaken = mistakes.find(([form]) => form.test(value));
  if (mistaken !== undefined) return mistaken[1];
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
  readonly source: string;
  declare readonly expiresAt?: number;
  // Functions of each token's own, and not a private field: a token has to work behind a Proxy, such as a framework's state.
  declare readonly reveal: () => string;
  declare readonly fingerprint: () => string;

  constructor(value: string, source: string, expiresAt: number | undefined) {
    this.source = source;
    if (expiresAt !== undefined) this.expiresAt = expiresAt;
    Object.defineProperty(this, "reveal", { value: () => value });
    Object.defineProperty(this, "fingerprint", { value: () => sha256(value).slice(0, 8) });
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
