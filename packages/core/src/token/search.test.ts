import { describe, expect, it, vi } from "vitest";

import { AuthError } from "../errors.ts";
import { type AuthEvent, createEvents } from "../events.ts";
import { expandSources } from "../sources/expand.ts";
import { canary } from "../fixtures/acme.ts";
import { failureOf } from "../fixtures/failure-of.ts";
import { resolveToken, type Search, type SearchResult } from "./search.ts";
import { fromEnv } from "../sources/from-env.ts";
import { fromFunction, type TokenFunction } from "../sources/from-function.ts";
import { fromValue } from "../sources/from-value.ts";
import { failed, type Found, found, type TokenSource } from "../sources/source.ts";

const now = (): number => Date.UTC(2026, 10, 22);

function search(sources: readonly TokenSource[], facts: Partial<Search> = {}): Search {
  return {
    provider: { id: "acme", tokenUrl: "https://acme.example/tokens" },
    sources: expandSources(sources),
    context: { env: {}, fetch, now },
    events: createEvents("acme", now, undefined),
    timeoutMs: 30_000,
    ...facts,
  };
}

const look = (sources: readonly TokenSource[], facts?: Partial<Search>): Promise<SearchResult> =>
  resolveToken(search(sources, facts), "initial");
const vault = (fn: TokenFunction): TokenSource => fromFunction("vault", fn);

it("takes the first token in order, trimmed, and reports every source", async () => {
  const { token, attempts } = await look([
    fromEnv("A"),
    fromValue(` ${canary}\n`, "option token"),
    fromEnv("B"),
  ]);
  expect(token.reveal()).toBe(canary);
  expect(token.source).toBe("option token");
  expect(attempts).toEqual([
    {
      source: "env A",
      outcome: "unavailable",
      reason: "A is not set",
      remedy: "Set A to a token.",
      durationMs: 0,
    },
    { source: "option token", outcome: "used", durationMs: 0 },
    { source: "env B", outcome: "not tried", durationMs: 0 },
  ]);
});

it("goes on from a blank value to the next source", async () => {
  const { token } = await look([
    fromValue("", "option token"),
    fromValue(" \t", "drawer"),
    fromValue("abc", "shelf"),
  ]);
  expect(token.source).toBe("shelf");
});

it("names the closer place that a source gives", async () => {
  const { token, attempts } = await look([vault(() => found("abc", { source: "vault, shelf 3" }))]);
  expect(token.source).toBe("vault, shelf 3");
  expect(attempts[0]?.source).toBe("vault, shelf 3");
});

it("tells where it looked, in order, and where tokens are made", async () => {
  const error = await failureOf(look([fromEnv("A", "B"), vault(() => undefined)]));
  expect(error.code).toBe("AUTH_TOKEN_NOT_FOUND");
  expect(error.message).toBe(
    "acme: No token was found: A is not set; B is not set; the function returned nothing. " +
      "Set A to a token. Tokens are made at https://acme.example/tokens",
  );
  expect(error.attempts?.map(({ outcome }) => outcome)).toEqual([
    "unavailable",
    "unavailable",
    "unavailable",
  ]);
});

describe("a broken source", () => {
  const unrevealing: Found = {
    outcome: "found",
    reveal: () => {
      throw new Error(canary);
    },
  };
  const unreadable = <T extends object>(subject: T, member: string): T =>
    Object.defineProperty(subject, member, {
      enumerable: true,
      get: () => {
        throw new Error(canary);
      },
    });

  it("ends the search: the next identity is not tried", async () => {
    const next = vi.fn(() => "other identity");
    const error = await failureOf(
      look([
        fromEnv("A"),
        vault(() => {
          throw new Error("the vault is sealed");
        }),
        vault(next),
      ]),
    );
    expect(next).not.toHaveBeenCalled();
    expect(error.code).toBe("AUTH_TOKEN_SOURCE_FAILED");
    expect(error.message).toBe("acme: vault failed: the vault is sealed. Mend vault, or remove it.");
    expect(error.attempts?.map(({ outcome }) => outcome)).toEqual(["unavailable", "failed", "not tried"]);
    expect((error.cause as Error).message).toBe("the vault is sealed");
  });

  it("passes on what another auth said, with its remedy once", async () => {
    const remedy = "Unseal the vault.";
    const cause = new AuthError("AUTH_TOKEN_REJECTED", { provider: "vault", message: "Sealed.", remedy });
    const error = await failureOf(look([vault(() => Promise.reject(cause))]));
    expect(error.message).toBe("acme: vault failed: vault: Sealed. Unseal the vault.");
    expect(error).toMatchObject({ code: "AUTH_TOKEN_SOURCE_FAILED", remedy, cause });
  });

  it("may hold the token in its error, which then goes nowhere", async () => {
    const error = await failureOf(
      look([
        vault(() => {
          throw Object.assign(new Error(`bad answer: {"token":"${canary}"}`), { config: { token: canary } });
        }),
      ]),
    );
    expect(error.message).toContain("bad answer");
  });

  it.each([
    ["a text thrown", () => Promise.reject(canary)],
    ["a number", () => 5 as never],
    ["an object that is no result", () => ({ token: canary }) as never],
    ["a promise of nothing useful", () => Promise.resolve([canary] as never)],
    ["a found without its function", () => ({ outcome: "found", value: canary }) as never],
    ["a found that fails to reveal", () => unrevealing],
    ["a result that cannot be read", () => unreadable({}, "outcome") as never],
    ["an error whose message cannot be read", () => Promise.reject(unreadable(new Error("x"), "message"))],
    ["an error whose code cannot be read", () => Promise.reject(unreadable(new Error("x"), "code"))],
    [
      "an error whose message is no text",
      () => Promise.reject(Object.assign(new Error("x"), { message: {} })),
    ],
    ["a found that reveals no text", () => ({ outcome: "found", reveal: () => 5 }) as never],
  ] as const)("is one that gives %s", async (_, fn) => {
    const error = await failureOf(look([vault(fn)]));
    expect(error.code).toBe("AUTH_TOKEN_SOURCE_FAILED");
  });

  it("passes on the remedy and the code of an AuthError", async () => {
    const cause = new AuthError("AUTH_UNREACHABLE", {
      provider: "vault",
      message: "No answer.",
      remedy: "Start it.",
    });
    const error = await failureOf(look([vault(() => Promise.reject(cause))]));
    expect(error).toMatchObject({ code: "AUTH_TOKEN_SOURCE_FAILED", remedy: "Start it.", cause });
  });

  it("is one that gives no answer in its time", async () => {
    vi.useFakeTimers();
    try {
      let signal: AbortSignal | undefined;
      const slow = fromFunction(
        "vault",
        (context) => {
          ({ signal } = context);
          return new Promise<never>(() => undefined);
        },
        { timeoutMs: 50 },
      );
      const failure = failureOf(look([slow]));
      await vi.advanceTimersByTimeAsync(50);
      expect((await failure).message).toContain("vault gave no answer within 50 ms.");
      expect(signal?.aborted).toBe(true);
    } finally {
      vi.useRealTimers();
    }
  });

  it("has ten seconds, unless the whole search has less", async () => {
    vi.useFakeTimers();
    try {
      const stuck = vault(() => new Promise<never>(() => undefined));
      const alone = failureOf(look([stuck]));
      await vi.advanceTimersByTimeAsync(10_000);
      expect((await alone).message).toContain("within 10000 ms");
      const hurried = failureOf(look([stuck], { timeoutMs: 200 }));
      await vi.advanceTimersByTimeAsync(200);
      expect((await hurried).message).toContain("within 200 ms");
    } finally {
      vi.useRealTimers();
    }
  });
});

it("passes the caller's own reason on when the search is aborted", async () => {
  const controller = new AbortController();
  const reason = new Error("never mind");
  const promise = resolveToken(
    search([vault(() => new Promise<never>(() => undefined))]),
    "initial",
    controller.signal,
  );
  controller.abort(reason);
  await expect(promise).rejects.toBe(reason);
});

it.each([
  [`${canary}\n${canary}`, "has a line break at position"],
  [`${canary} x`, "has a space at position"],
  [`${canary}\u0000`, "has a control character at position"],
  [`${canary}é`, "has a character outside ASCII at position"],
  ["x".repeat(20_000), "is 20000 characters long"],
])("refuses a token that no header can carry, by position and not by value", async (value, problem) => {
  const error = await failureOf(look([fromValue(value, "env A")]));
  expect(error.code).toBe("AUTH_TOKEN_MALFORMED");
  expect(error.message).toContain(`The token from env A ${problem}`);
});

it("refuses a token that is already past its expiry", async () => {
  const error = await failureOf(look([vault(() => found(canary, { expiresAt: now() }))]));
  expect(error.code).toBe("AUTH_TOKEN_EXPIRED");
  expect(error.message).toContain("The token from vault expired on 2026-11-22T00:00:00.000Z.");
});

it.each([Number.NaN, Number.POSITIVE_INFINITY, "2027-01-01" as never])(
  "refuses %s as an expiry",
  async (expiresAt) => {
    const error = await failureOf(look([vault(() => found(canary, { expiresAt }))]));
    expect(error.code).toBe("AUTH_TOKEN_SOURCE_FAILED");
  },
);

it("says an expiry of any size without failing itself", async () => {
  const error = await failureOf(look([vault(() => found(canary, { expiresAt: -1e300 }))]));
  expect(error.code).toBe("AUTH_TOKEN_EXPIRED");
});

it("tells who listens what each source said", async () => {
  const heard: AuthEvent[] = [];
  await look([fromEnv("A"), fromValue(canary, "option token")], {
    events: createEvents("acme", now, (event) => heard.push(event)),
  });
  expect(heard).toEqual([
    {
      type: "source.tried",
      provider: "acme",
      at: now(),
      source: "env A",
      outcome: "unavailable",
      reason: "A is not set",
      remedy: "Set A to a token.",
      durationMs: 0,
    },
    {
      type: "source.tried",
      provider: "acme",
      at: now(),
      source: "option token",
      outcome: "used",
      durationMs: 0,
    },
  ]);
});

it("shows the words of a source that vouches for them as they are", async () => {
  const reason = "/run/user/1000/secrets-2026-11-22/acme is open to other users";
  const error = await failureOf(look([vault(() => Promise.reject(failed(reason, "Run chmod 600 on it.")))]));
  expect(error.message).toBe(`acme: ${reason}. Run chmod 600 on it.`);
});

it("takes the word of a source that comes from another copy of this package", async () => {
  vi.resetModules();
  const { failed: failedThere } = await import("../sources/source.ts");
  expect(failedThere).not.toBe(failed);
  const sealed = failedThere("the vault is sealed", "Unseal it.");
  const error = await failureOf(look([vault(() => Promise.reject(sealed))]));
  expect(error).toMatchObject({ message: "acme: the vault is sealed. Unseal it.", remedy: "Unseal it." });
});

describe("an AuthError is what comes of a source", () => {
  const revoked = (): never => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy as never;
  };
  const unprintable = { toString: () => expect.unreachable("it was printed") };
  const throwing = (value: unknown) => (): never => {
    throw value;
  };
  const withName = (name: unknown, resolve: TokenSource["resolve"]): TokenSource => ({
    name: name as string,
    resolve,
  });

  it.each<[string, TokenSource]>([
    ["that throws a revoked proxy", vault(() => throwing(revoked())())],
    ["that gives a revoked proxy", vault(revoked)],
    ["that throws something without a prototype", vault(throwing(Object.create(null)))],
    [
      "that throws an error whose message is none",
      vault(throwing(Object.assign(new Error("x"), { message: unprintable }))),
    ],
    [
      "that throws an error that throws",
      vault(throwing(new Proxy(new Error("x"), { get: throwing(new Error(canary)) }))),
    ],
    [
      "whose own words of failure are none",
      vault(() => throwing(failed(unprintable as never, unprintable as never))()),
    ],
    [
      "whose reason does not let itself be printed",
      withName("vault", () => ({ outcome: "unavailable", reason: unprintable as never })),
    ],
    [
      "whose remedy does not",
      withName("vault", () => ({ outcome: "unavailable", reason: "gone", remedy: unprintable as never })),
    ],
    ["whose name does not", withName(unprintable, throwing(new Error("gone")))],
    [
      "whose answer throws when it is looked at",
      withName(
        "vault",
        () =>
          ({
            get outcome(): never {
              throw new Error(canary);
            },
          }) as never,
      ),
    ],
    [
      "whose expiry does not let itself be printed",
      vault(() => found("abc", { expiresAt: unprintable as never })),
    ],
    [
      "whose place of finding does not",
      withName(unprintable, () => found("", { source: unprintable as never })),
    ],
    [
      "whose reveal throws a revoked proxy",
      withName("vault", () => ({ outcome: "found", reveal: () => throwing(revoked())() })),
    ],
  ])("%s", async (_, source) => {
    const error = await failureOf(look([source]));
    expect(["AUTH_TOKEN_SOURCE_FAILED", "AUTH_TOKEN_NOT_FOUND"]).toContain(error.code);
    expect(JSON.parse(JSON.stringify(error))).toMatchObject({ attempts: [{ source: expect.any(String) }] });
  });

  it("without what would change the terminal that shows it", async () => {
    const nasty = "\u001B[31mred\u202E";
    const unset = withName(`env ${nasty}`, () => ({ outcome: "unavailable", reason: nasty, remedy: nasty }));
    const error = await failureOf(look([unset]));
    const shown = [
      error.message,
      error.remedy,
      ...(error.attempts ?? []).flatMap(({ source, reason, remedy }) => [source, reason, remedy]),
    ];
    for (const text of shown) expect(text).not.toMatch(/\p{Cc}|\p{Cf}/u);
  });
});
