import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { createToken, type Token } from "./token.ts";
import { createTokenCache, type TokenCache } from "./cache.ts";

interface Held {
  readonly token: Token;
  readonly value: string;
}

/** A load that the test answers when it likes. */
interface Load {
  readonly reason: string;
  readonly signal: AbortSignal;
  give(value: string, expiresAt?: number): Promise<void>;
  fail(error?: Error): Promise<void>;
}

let clock: number;
let loads: Load[];
let rejected: string[];
beforeEach(() => {
  clock = 1_000_000;
  loads = [];
  rejected = [];
});
afterEach(() => {
  vi.restoreAllMocks();
});

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function cacheOf(shared = true): TokenCache<Held> {
  return createTokenCache<Held>({
    shared,
    now: () => clock,
    onRejected: (held) => rejected.push(held.value),
    load: (reason, signal) =>
      new Promise<Held>((resolve, reject) => {
        loads.push({
          reason,
          signal,
          give(value, expiresAt) {
            resolve({ token: createToken(value, "test", expiresAt), value });
            return settled();
          },
          fail(error = new Error("source down")) {
            reject(error);
            return settled();
          },
        });
      }),
  });
}

const nth = (index: number): Load => {
  const load = loads[index];
  if (load === undefined) throw new Error(`there is no load ${index}`);
  return load;
};
const header = async (promise: Promise<Held | undefined>): Promise<string | undefined> =>
  (await promise)?.value;
const outcome = (promise: Promise<Held>): Promise<string> =>
  promise.then(
    (held) => held.value,
    (error: unknown) => (error as Error).message,
  );

async function holding(value: string, expiresAt?: number): Promise<TokenCache<Held>> {
  const cache = cacheOf();
  const first = cache.get();
  await nth(0).give(value, expiresAt);
  await first;
  return cache;
}

describe("one load for all", () => {
  it("serves ten thousand callers on a cold cache", async () => {
    const cache = cacheOf();
    const callers = Array.from({ length: 10_000 }, () => cache.get());
    await nth(0).give("a");
    expect(new Set(await Promise.all(callers.map((caller) => header(caller))))).toEqual(new Set(["a"]));
    expect(loads).toHaveLength(1);
    expect(cache.current()?.value).toBe("a");
  });

  it("lets one caller give up without stopping the others, or the load", async () => {
    const cache = cacheOf();
    const controller = new AbortController();
    const [quitter, stayer] = [cache.get(controller.signal), cache.get()];
    const reason = new Error("gone");
    controller.abort(reason);
    await expect(quitter).rejects.toBe(reason);
    expect(nth(0).signal.aborted).toBe(false);
    await nth(0).give("a");
    expect(await header(stayer)).toBe("a");
  });

  it("turns away a caller who has given up before", async () => {
    const reason = new Error("gone");
    await expect(cacheOf().get(AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(loads).toHaveLength(0);
  });
});

describe("a failed load", () => {
  it("is not kept, but shared by those who follow at once", async () => {
    const cache = cacheOf();
    const first = outcome(cache.get());
    await nth(0).fail();
    expect(await first).toBe("source down");
    for (let caller = 0; caller < 40; caller++) expect(await outcome(cache.get())).toBe("source down");
    expect(loads).toHaveLength(1);
    clock += 1_001;
    const next = cache.get();
    expect(loads).toHaveLength(2);
    await nth(1).give("a");
    expect(await header(next)).toBe("a");
  });

  it("is not shared any longer for a clock that is set back", async () => {
    const cache = cacheOf();
    const first = outcome(cache.get());
    await nth(0).fail();
    await first;
    clock -= 3_600_000;
    const next = cache.get();
    expect(loads).toHaveLength(2);
    await nth(1).give("a");
    expect(await header(next)).toBe("a");
  });

  it("is followed by pauses that grow up to half a minute", async () => {
    vi.spyOn(Math, "random").mockReturnValue(1);
    const cache = cacheOf();
    const pauses: number[] = [];
    for (let failure = 0; failure < 8; failure++) {
      const failing = outcome(cache.get());
      await nth(failure).fail();
      await failing;
      const before = clock;
      while (loads.length === failure + 1) {
        clock += 500;
        void outcome(cache.get());
      }
      pauses.push(clock - before);
      // That probe took off: let it be the next failure.
    }
    expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
  });

  it("leaves no rejection unhandled where nobody waits", async () => {
    const unhandled = vi.fn();
    process.on("unhandledRejection", unhandled);
    const cache = await holding("a", clock + 100_000);
    clock += 99_000;
    expect(cache.current()?.value).toBe("a");
    await nth(1).fail();
    await settled();
    process.off("unhandledRejection", unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });
});

describe("a token with an expiry", () => {
  it("is refreshed ahead of it, in the background, while the old one is served", async () => {
    const cache = await holding("old", clock + 3_600_000);
    clock += 3_600_000 - 300_001;
    expect(cache.current()?.value).toBe("old");
    expect(loads).toHaveLength(1);
    clock += 100_000;
    for (let caller = 0; caller < 100; caller++) expect(cache.current()?.value).toBe("old");
    expect(loads).toHaveLength(2);
    expect(nth(1).reason).toBe("expiring");
    await nth(1).give("new", clock + 3_600_000);
    expect(cache.current()?.value).toBe("new");
  });

  it("has a window of at most a fifth of its life, begun at a time that differs by chance", async () => {
    const startOfRefresh = async (random: number, lifeMs: number): Promise<number> => {
      vi.spyOn(Math, "random").mockReturnValue(random);
      loads = [];
      const begin = clock;
      const cache = await holding("a", clock + lifeMs);
      while (loads.length === 1) {
        clock += 100;
        cache.current();
      }
      return (clock - begin) / lifeMs;
    };
    expect(await startOfRefresh(1, 100_000)).toBeCloseTo(0.8, 2);
    expect(await startOfRefresh(0, 100_000)).toBeCloseTo(0.84, 2);
  });

  it("is served to everybody while the source is down, and asked for once in each pause", async () => {
    const cache = await holding("old", clock + 600_000);
    clock += 540_000;
    for (let caller = 0; caller < 10_000; caller++) expect(cache.current()?.value).toBe("old");
    await nth(1).fail();
    for (let caller = 0; caller < 10_000; caller++) expect(cache.current()?.value).toBe("old");
    expect(loads).toHaveLength(2);
    clock += 1_001;
    expect(cache.current()?.value).toBe("old");
    expect(loads).toHaveLength(3);
  });

  it("is not served a moment past it, whatever pause a failure has begun", async () => {
    const cache = await holding("old", clock + 100_000);
    clock += 99_900;
    cache.current();
    await nth(1).fail();
    expect(cache.current()?.value).toBe("old");
    clock += 100;
    expect(cache.current()).toBeUndefined();
    expect(await outcome(cache.get())).toBe("source down");
  });

  it("is not served past it where its life is shorter than any pause", async () => {
    const cache = await holding("short", clock + 100);
    expect(cache.current()?.value).toBe("short");
    clock += 100;
    expect(cache.current()).toBeUndefined();
  });
});

describe("a refused token", () => {
  it("is forgotten, and its successor asked for with that reason", async () => {
    const cache = await holding("old");
    const next = header(cache.replace("old"));
    expect(cache.current()).toBeUndefined();
    expect(rejected).toEqual(["old"]);
    expect(nth(1).reason).toBe("rejected");
    await nth(1).give("new");
    expect(await next).toBe("new");
  });

  it("causes one load, however many refusals come in and however late", async () => {
    const cache = await holding("old");
    const early = Array.from({ length: 500 }, () => header(cache.replace("old")));
    await nth(1).give("new");
    const late = Array.from({ length: 500 }, () => header(cache.replace("old")));
    expect(new Set(await Promise.all([...early, ...late]))).toEqual(new Set(["new"]));
    expect(loads).toHaveLength(2);
    expect(cache.current()?.value).toBe("new");
  });

  it("that is all the sources have is not asked for again before a pause", async () => {
    const cache = await holding("old");
    const first = header(cache.replace("old"));
    await nth(1).give("old");
    expect(await first).toBeUndefined();
    expect(await header(cache.replace("old"))).toBeUndefined();
    expect(loads).toHaveLength(2);
    clock += 1_001;
    const second = header(cache.replace("old"));
    expect(loads).toHaveLength(3);
    await nth(2).give("new");
    expect(await second).toBe("new");
  });

  it("is asked for again where the clock was set back meanwhile", async () => {
    const cache = await holding("old");
    const first = header(cache.replace("old"));
    await nth(1).give("old");
    await first;
    clock -= 3_600_000;
    const second = header(cache.replace("old"));
    expect(loads).toHaveLength(3);
    await nth(2).give("new");
    expect(await second).toBe("new");
  });

  it("is not confused with the one that has replaced it", async () => {
    const cache = await holding("new");
    cache.reject("old");
    expect(cache.current()?.value).toBe("new");
    expect(rejected).toEqual([]);
  });

  it("starts a load in flight anew, whose waiters get the new answer", async () => {
    const cache = cacheOf();
    const waiting = cache.get();
    cache.reject();
    expect(nth(0).signal.aborted).toBe(true);
    await nth(1).give("new");
    await nth(0).give("stale");
    expect(await header(waiting)).toBe("new");
    expect(cache.current()?.value).toBe("new");
  });

  it("does not start the load anew for each late refusal of it", async () => {
    const cache = await holding("old");
    cache.reject("old");
    const waiting = cache.get();
    for (let late = 0; late < 100; late++) cache.reject("old");
    expect(loads).toHaveLength(2);
    await nth(1).give("new");
    expect(await header(waiting)).toBe("new");
  });
});

describe("a forced refresh", () => {
  it("asks the sources although a token is held, and skips the pause after a failure", async () => {
    const cache = await holding("old");
    const failing = outcome(cache.get(undefined, true));
    await nth(1).fail();
    expect(await failing).toBe("source down");
    const again = cache.get(undefined, true);
    expect(loads).toHaveLength(3);
    await nth(2).give("new");
    expect(await header(again)).toBe("new");
  });

  it("starts a load in flight anew: a late answer never replaces a newer one", async () => {
    const cache = cacheOf();
    const first = cache.get();
    const second = cache.get(undefined, true);
    await nth(1).give("new");
    await nth(0).give("late");
    expect(await Promise.all([header(first), header(second)])).toEqual(["new", "new"]);
    expect(cache.current()?.value).toBe("new");
  });
});

it("lets nobody wait for ever where the clock fails", async () => {
  const cache = cacheOf();
  const waiting = outcome(cache.get());
  clock = Number.NaN;
  vi.spyOn(Math, "random").mockImplementation(() => {
    throw new Error("the clock is broken");
  });
  await nth(0).give("a", 5);
  expect(await waiting).toBe("the clock is broken");
});

describe("where a promise may not be shared", () => {
  it("each caller loads for itself, and the first answer is kept", async () => {
    const cache = cacheOf(false);
    const callers = [cache.get(), cache.get()];
    expect(loads).toHaveLength(2);
    await nth(1).give("b");
    await nth(0).give("a");
    expect(await Promise.all(callers.map((caller) => header(caller)))).toEqual(["a", "b"]);
    expect(cache.current()?.value).toBe("b");
  });

  it("what a load brings that began before a refusal is for its caller alone", async () => {
    const cache = cacheOf(false);
    const early = cache.get();
    cache.reject();
    await nth(0).give("refused");
    expect(await header(early)).toBe("refused");
    expect(cache.current()).toBeUndefined();
  });

  it("a caller near the expiry refreshes for itself, and is served the old token if that fails", async () => {
    const cache = cacheOf(false);
    const first = cache.get();
    await nth(0).give("old", clock + 100_000);
    await first;
    clock += 99_000;
    expect(cache.current()).toBeUndefined();
    const next = cache.get();
    await nth(1).fail();
    expect(await header(next)).toBe("old");
    expect(cache.current()?.value).toBe("old");
  });
});
