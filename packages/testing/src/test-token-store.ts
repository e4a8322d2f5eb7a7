import { randomUUID } from "node:crypto";

import type { Claim, ClaimAnswer, StoredRecord, TokenRecord, TokenStore } from "@auth/core";
import { describe, expect, test } from "vitest";

/** A store that ends with the test, where it has to. */
export type TestedTokenStore = TokenStore & Partial<AsyncDisposable>;

type Won = Extract<ClaimAnswer, { outcome: "won" }>;

/** Long enough for everything that a test does meanwhile, on a busy machine. Milliseconds. */
const longLeaseMs = 60_000;
/** Short enough to be waited for. Milliseconds. */
const shortLeaseMs = 40;
/** For one test. Milliseconds. */
const timeoutMs = 20_000;

/**
 * Checks that a store keeps a token for many processes, as one vitest test for each rule: call it at the top of a test file.
 * `make` gives a client of the storage. It is called twice for each test, and both clients must lead to the same storage; the
 * keys are new ones each time. Leases of a few milliseconds are waited for by the store's own clock.
 */
export function testTokenStore(make: () => TestedTokenStore | Promise<TestedTokenStore>): void {
  const rule = (
    title: string,
    check: (store: TokenStore, key: string, other: TokenStore) => Promise<void>,
  ): void =>
    // eslint-disable-next-line vitest/expect-expect, vitest/valid-title -- the rules below give both
    test(title, { timeout: timeoutMs }, async () => {
      const clients = [await make(), await make()] as const;
      try {
        await check(clients[0], `auth-testing/${randomUUID()}`, clients[1]);
      } finally {
        for (const client of clients) await client[Symbol.asyncDispose]?.();
      }
    });

  describe("a token store", () => {
    rule("holds nothing at first, and gives the first one who asks a claim", async (store, key) => {
      expect(await store.read(key)).toBeUndefined();
      const claim = await win(store, key, 0);
      expect(claim).toMatchObject({ key, failures: 0, lapsed: false });
      expect(Number.isSafeInteger(claim.fence) && claim.fence > 0).toBe(true);
      expect(Number.isFinite(claim.at)).toBe(true);
    });

    rule(
      "gives nobody else one while it runs, and says until when and whose it is",
      async (store, key, other) => {
        await win(store, key, 0, longLeaseMs, "host 1");
        for (const client of [store, other]) {
          const answer = await client.claim(key, { after: 0, leaseMs: longLeaseMs, holder: "host 2" });
          expect(answer).toMatchObject({ outcome: "held", paused: false, holder: "host 1" });
          const { untilAt, at } = answer as Extract<ClaimAnswer, { outcome: "held" }>;
          expect(untilAt - at).toBeGreaterThan(0);
          expect(untilAt - at).toBeLessThanOrEqual(longLeaseMs);
        }
      },
    );

    rule("gives one claim, however many ask at once", async (store, key, other) => {
      const asked = Array.from({ length: 20 }, (_, index) =>
        (index % 2 === 0 ? store : other).claim(key, { after: 0, leaseMs: longLeaseMs }),
      );
      const outcomes = (await Promise.all(asked)).map(({ outcome }) => outcome);
      expect(outcomes.filter((outcome) => outcome === "won")).toHaveLength(1);
      expect(outcomes.filter((outcome) => outcome === "held")).toHaveLength(19);
    });

    rule("gives back what was published, to the last character", async (store, key, other) => {
      const claim = await win(store, key, 0);
      const text = JSON.stringify({ text: `"\n\t'\\ \0 ü 𝄞 {} ${"x".repeat(60_000)}` });
      expect(await store.publish(claim, record(claim.fence, text))).toBe(true);
      for (const client of [store, other]) {
        const stored = (await client.read(key)) as StoredRecord;
        expect(stored.generation).toBe(claim.fence);
        expect(stored.reveal()).toBe(text);
        expect(stored.ageMs).toBeGreaterThanOrEqual(0);
        expect(stored.ageMs).toBeLessThan(timeoutMs);
      }
    });

    rule(
      "says that there is a newer record, and shows it, to who knows an older one",
      async (store, key, other) => {
        const first = await publishNext(store, key, 0, "one");
        const answer = await other.claim(key, { after: 0, leaseMs: longLeaseMs });
        expect(answer).toMatchObject({ outcome: "newer", record: { generation: first } });
        expect((answer as Extract<ClaimAnswer, { outcome: "newer" }>).record.reveal()).toBe("one");
        // Newer comes before held: who needs no claim does not wait for one.
        await win(store, key, first);
        expect(await other.claim(key, { after: 0, leaseMs: longLeaseMs })).toMatchObject({
          outcome: "newer",
        });
      },
    );

    rule(
      "gives a claim to who knows the newest, with a larger fence each time",
      async (store, key, other) => {
        const first = await publishNext(store, key, 0, "one");
        const second = await publishNext(other, key, first, "two");
        const third = await win(store, key, second);
        expect(second).toBeGreaterThan(first);
        expect(third.fence).toBeGreaterThan(second);
        expect((await other.read(key))?.reveal()).toBe("two");
      },
    );

    rule(
      "shows the old record and who holds the claim while the next one is made",
      async (store, key, other) => {
        const first = await publishNext(store, key, 0, "one");
        expect((await other.read(key))?.holder).toBeUndefined();
        await win(store, key, first, longLeaseMs, "host 1");
        expect(await other.read(key)).toMatchObject({ generation: first, holder: "host 1" });
      },
    );

    rule("ends a claim with its publishing: it publishes once", async (store, key) => {
      const claim = await win(store, key, 0);
      expect(await store.publish(claim, record(claim.fence, "one"))).toBe(true);
      expect(await store.publish(claim, record(claim.fence + 1, "two"))).toBe(false);
      expect((await store.read(key))?.reveal()).toBe("one");
    });

    rule(
      "gives the next claim at once when one is released, and that one publishes nothing more",
      async (store, key, other) => {
        const claim = await win(store, key, 0);
        await store.release(claim);
        const next = await win(other, key, 0);
        expect(next.fence).toBeGreaterThan(claim.fence);
        expect(next).toMatchObject({ lapsed: false, failures: 0 });
        expect(await store.publish(claim, record(claim.fence, "late"))).toBe(false);
        expect(await store.read(key)).toBeUndefined();
      },
    );

    rule(
      "lets nobody win before the time that a release names, and counts such releases",
      async (store, key, other) => {
        const claim = await win(store, key, 0);
        await store.release(claim, { notBeforeAt: claim.at + longLeaseMs });
        const answer = await other.claim(key, { after: 0, leaseMs: longLeaseMs });
        expect(answer).toMatchObject({ outcome: "held", paused: true, untilAt: claim.at + longLeaseMs });

        const key2 = `${key}/2`;
        const first = await win(store, key2, 0);
        await store.release(first, { notBeforeAt: first.at + shortLeaseMs });
        const second = await untilWon(other, key2, 0);
        expect(second.at).toBeGreaterThanOrEqual(first.at + shortLeaseMs);
        expect(second).toMatchObject({ failures: 1, lapsed: false });
        await store.publish(second, record(second.fence, "one"));
        expect(await win(store, key2, second.fence)).toMatchObject({ failures: 0 });
      },
    );

    rule("ends a claim by its lease, and tells the next one that it ended so", async (store, key, other) => {
      const claim = await win(store, key, 0, shortLeaseMs);
      const next = await untilWon(other, key, 0);
      expect(next.at).toBeGreaterThanOrEqual(claim.at + shortLeaseMs);
      expect(next.fence).toBeGreaterThan(claim.fence);
      expect(next.lapsed).toBe(true);
      // Until something is published, that is worth knowing.
      await other.release(next);
      const third = await win(store, key, 0);
      expect(third.lapsed).toBe(true);
      await store.publish(third, record(third.fence, "one"));
      expect((await win(store, key, third.fence)).lapsed).toBe(false);
    });

    rule("lets a claim that ended publish nothing, and release nothing", async (store, key, other) => {
      const claim = await win(store, key, 0, shortLeaseMs);
      const next = await untilWon(other, key, 0);
      expect(await store.publish(claim, record(claim.fence, "late"))).toBe(false);
      await store.release(claim, { notBeforeAt: next.at + longLeaseMs });
      expect(await store.read(key)).toBeUndefined();
      expect(await other.publish(next, record(next.fence, "one"))).toBe(true);
      expect((await store.read(key))?.reveal()).toBe("one");
    });

    rule("lets a claim that ended publish nothing, even where nobody came after it", async (store, key) => {
      const claim = await win(store, key, 0, shortLeaseMs);
      // Another key's claims show the clock without touching this one.
      while ((await win(store, `${key}/${randomUUID()}`, 0)).at < claim.at + shortLeaseMs);
      expect(await store.publish(claim, record(claim.fence, "late"))).toBe(false);
      expect(await store.read(key)).toBeUndefined();
    });

    rule(
      "keeps the generation that a record has: one that is put back has an old one",
      async (store, key, other) => {
        const claim = await win(store, key, 0);
        await store.publish(claim, record(claim.fence, "newest"));
        const again = await win(store, key, claim.fence);
        expect(await store.publish(again, record(claim.fence - 1, "put back"))).toBe(true);
        expect(await other.read(key)).toMatchObject({ generation: claim.fence - 1 });
        const third = await win(other, key, claim.fence - 1);
        expect(third.fence).toBeGreaterThan(again.fence);
      },
    );

    rule("keeps keys apart, whatever they are called", async (store, key, other) => {
      const keys = ["__proto__", "constructor", " ", "a/b:c*?[d]{e}", "ü𝄞", "x".repeat(200)].map(
        (name) => `${key}/${name}`,
      );
      const generations: number[] = [];
      for (const name of keys) generations.push(await publishNext(store, name, 0, name));
      for (const [index, name] of keys.entries()) {
        expect((await other.read(name))?.reveal()).toBe(name);
        expect((await other.read(name))?.generation).toBe(generations[index]);
      }
    });

    rule("publishes each generation once where many try, one after the other", async (store, key, other) => {
      const works = async (client: TokenStore): Promise<number> => {
        let published = 0;
        for (let known = 0, tries = 0; tries < 400 && known >= 0; tries++) {
          const answer = await client.claim(key, { after: known, leaseMs: longLeaseMs });
          if (answer.outcome === "newer") {
            known = answer.record.generation;
            if (Number(answer.record.reveal()) >= 20) return published;
          } else if (answer.outcome === "won") {
            const last = Number((await client.read(key))?.reveal() ?? 0);
            if (last >= 20) {
              await client.release(answer);
              return published;
            }
            const isPublished = await client.publish(answer, record(answer.fence, String(last + 1)));
            if (isPublished) published++;
            known = answer.fence;
          } else await new Promise((resolve) => setTimeout(resolve, 2));
        }
        return published;
      };
      const published = await Promise.all([works(store), works(other), works(store), works(other)]);
      expect(published.reduce((sum, count) => sum + count)).toBe(20);
      expect((await store.read(key))?.reveal()).toBe("20");
    });
  });
}

function record(generation: number, text: string): TokenRecord {
  return { generation, reveal: () => text };
}

async function win(
  store: TokenStore,
  key: string,
  after: number,
  leaseMs = longLeaseMs,
  holder?: string,
): Promise<Won> {
  const answer = await store.claim(key, { after, leaseMs, ...(holder !== undefined && { holder }) });
  expect(answer.outcome).toBe("won");
  return answer as Won;
}

/** Asks until the store gives the claim: by its own clock, whatever that shows. */
async function untilWon(store: TokenStore, key: string, after: number): Promise<Won> {
  for (;;) {
    const answer = await store.claim(key, { after, leaseMs: longLeaseMs });
    if (answer.outcome === "won") return answer;
    expect(answer.outcome).toBe("held");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function publishNext(
  store: TokenStore,
  key: string,
  after: number,
  text: string,
): Promise<Claim["fence"]> {
  const { fence, ...claim } = await win(store, key, after);
  expect(await store.publish({ ...claim, fence }, record(fence, text))).toBe(true);
  return fence;
}
