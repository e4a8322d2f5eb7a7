import { inspect } from "node:util";

import { expect, test, vi } from "vitest";

import { acmeAt, canary, serve } from "../fixtures/acme.ts";
import { failureOf } from "../fixtures/failure-of.ts";
import { memoryStore } from "../fixtures/memory-store.ts";
import {
  type Auth,
  type AuthEvent,
  exchange,
  type Found,
  found,
  fromFunction,
  fromValue,
  shared,
  type TokenSource,
  type TokenStore,
  type Trade,
  unavailable,
} from "../index.ts";

const key = "acme/main";

/** What stands for a process: an auth of its own, with a source of its own over the store. */
interface Fellow {
  readonly auth: Auth;
  readonly events: AuthEvent[];
  readonly types: () => string[];
}

function fellow(token: TokenSource, options: { now?: () => number; url?: string } = {}): Fellow {
  const events: AuthEvent[] = [];
  const { url = "http://127.0.0.1:9", now } = options;
  const onEvent = (event: AuthEvent): void => void events.push(event);
  const auth = acmeAt(url)({ token, env: {}, onEvent, ...(now !== undefined && { now }) });
  return {
    auth,
    events,
    types: () => events.filter(({ type }) => type.startsWith("store.")).map(({ type }) => type),
  };
}

/** A vault that counts who asks it. */
interface Vault {
  readonly source: TokenSource;
  asked: number;
}

function vault(answer: (asked: number) => Found | Promise<Found>): Vault {
  const counted: Vault = {
    asked: 0,
    source: fromFunction("vault", () => answer(++counted.asked)),
  };
  return counted;
}

/** A promise that a test resolves when it has seen enough. */
function gate(): { readonly opened: Promise<void>; open(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: resolve };
}

/** Ends when the store has been asked so for the n-th time. */
function watching(store: TokenStore, method: "claim", times: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const original = store[method].bind(store);
  let asked = 0;
  store[method] = (...args: Parameters<TokenStore["claim"]>) => {
    const answer = original(...args);
    if (++asked >= times) answer.then(() => resolve()).catch(() => undefined);
    return answer;
  };
  return promise;
}

test("asks the source once for all, and the others take the token from the store", async () => {
  const store = memoryStore();
  const asked = vault(() => found("token-1", { expiresAt: Date.now() + 600_000 }));
  const fellows = Array.from({ length: 5 }, () => fellow(shared(asked.source, { store, key })));
  const tokens = await Promise.all(fellows.map(({ auth }) => auth.token()));
  expect(tokens.map((token) => token.reveal())).toEqual(Array(5).fill("token-1"));
  expect(asked.asked).toBe(1);
  expect(new Set(tokens.map(({ source: from }) => from)).size).toBe(1);
  expect(tokens[0]?.source).toMatch(/^vault \(generation \d+, memory\)$/);
  const published = fellows.filter(({ types }) => types().includes("store.published"));
  expect(published).toHaveLength(1);
  expect(published[0]?.types()).toEqual(["store.won", "store.published"]);
});

test("waits while another process asks, and says that it does", async () => {
  const store = memoryStore();
  const { opened, open } = gate();
  const asked = vault(async () => {
    await opened;
    return found("token-1");
  });
  const [first, second] = [
    fellow(shared(asked.source, { store, key })),
    fellow(shared(asked.source, { store, key })),
  ];
  const claims = watching(store, "claim", 4);
  const tokens = [first.auth.token(), second.auth.token()];
  await claims;
  open();
  expect((await Promise.all(tokens)).map((token) => token.reveal())).toEqual(["token-1", "token-1"]);
  expect(asked.asked).toBe(1);
  expect([...first.types(), ...second.types()].toSorted()).toEqual([
    "store.held",
    "store.newer",
    "store.published",
    "store.won",
  ]);
  const held = [...first.events, ...second.events].find(({ type }) => type === "store.held");
  expect(held).toMatchObject({ key, store: "memory", source: "vault", paused: false });
  expect(held && "holder" in held && held.holder).toContain(String(process.pid));
});

test("a token that is about to expire is asked for once, by whoever is first", async () => {
  const store = memoryStore();
  const now = 1_000_000;
  const asked = vault((times) => found(`token-${times}`, { expiresAt: now + 100_000 }));
  const fellows = Array.from({ length: 4 }, () =>
    fellow(shared(asked.source, { store, key }), { now: () => now }),
  );
  await Promise.all(fellows.map(({ auth }) => auth.token()));
  const tokens = await Promise.all(fellows.map(({ auth }) => auth.token({ refresh: true })));
  expect(tokens.map((token) => token.reveal())).toEqual(Array(4).fill("token-2"));
  expect(asked.asked).toBe(2);
});

test("a refused token is replaced once for all, and who is refused later takes what is there", async () => {
  const store = memoryStore();
  let good = "token-1";
  const server = await serve(({ headers }) => ({
    status: headers.authorization === `Bearer ${good}` ? 200 : 401,
  }));
  const asked = vault((times) => found(`token-${times}`));
  const fellows = Array.from({ length: 4 }, () =>
    fellow(shared(asked.source, { store, key }), { url: server.url }),
  );
  for (const { auth } of fellows) expect((await auth.fetch("/work")).status).toBe(200);
  good = "token-2";
  const answers = await Promise.all(fellows.map(({ auth }) => auth.fetch("/work")));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  expect(asked.asked).toBe(2);
});

test("a process that never saw the old token takes the newest, whatever the reason", async () => {
  const store = memoryStore();
  const asked = vault((times) => found(`token-${times}`));
  const first = fellow(shared(asked.source, { store, key }));
  await first.auth.token();
  await first.auth.token({ refresh: true });
  expect((await fellow(shared(asked.source, { store, key })).auth.token()).reveal()).toBe("token-2");
  expect(asked.asked).toBe(2);
});

test("a failure is a pause for all: nobody asks before it is over", async () => {
  const store = memoryStore();
  const asked = vault(() => Promise.reject(new Error("the vault is sealed")));
  const [first, second] = [
    fellow(shared(asked.source, { store, key })),
    fellow(shared(asked.source, { store, key })),
  ];
  expect((await failureOf(first.auth.token())).message).toContain("the vault is sealed");
  // More than a second, after two failures.
  store.now += 1_000;
  await failureOf(first.auth.token({ refresh: true }));
  expect(asked.asked).toBe(2);
  const paused = await failureOf(second.auth.token());
  expect(paused.message).toMatch(
    /the last try to get a token from vault failed, and the next one is in \d s/,
  );
  expect(asked.asked).toBe(2);
  expect(second.types()).toEqual(["store.held"]);
  expect(second.events.find(({ type }) => type === "store.held")).toMatchObject({ paused: true });
  store.now += 30_000;
  await failureOf(second.auth.token({ refresh: true }));
  expect(asked.asked).toBe(3);
});

test("a source that holds nothing is no failure: the next source is asked, and nobody waits", async () => {
  const store = memoryStore();
  const token = shared(
    fromFunction("vault", () => unavailable("nobody is logged in")),
    { store, key },
  );
  const auth = acmeAt("http://127.0.0.1:9")({ token, env: { ACME_TOKEN: canary } });
  expect((await auth.token()).source).toBe("env ACME_TOKEN");
  expect(store.states.get(key)?.claim).toBeUndefined();
  expect(store.states.get(key)?.notBeforeAt).toBeUndefined();
});

test("a token that nobody could send is not published", async () => {
  const store = memoryStore();
  const asked = vault(() => found("in-two\nlines"));
  const error = await failureOf(fellow(shared(asked.source, { store, key })).auth.token());
  expect(error.message).toContain("has a line break");
  expect(store.states.get(key)?.record).toBeUndefined();
});

test("a store that cannot be asked leaves each process alone, with an event", async () => {
  const store = memoryStore();
  store.problem = new Error("connect ECONNREFUSED");
  const asked = vault((times) => found(`token-${times}`));
  const alone = fellow(shared(asked.source, { store, key }));
  expect((await alone.auth.token()).reveal()).toBe("token-1");
  expect(alone.types()).toEqual(["store.failed"]);
  expect(alone.events.find(({ type }) => type === "store.failed")).toMatchObject({
    reason: "connect ECONNREFUSED",
  });
  expect((await alone.auth.token()).source).toBe("vault (without memory)");
  store.problem = undefined;
  await alone.auth.token({ refresh: true });
  expect(asked.asked).toBe(2);
  expect(store.states.get(key)?.record).toBeDefined();
});

test("what was asked for and cannot be published is used all the same, where nothing rotates", async () => {
  const store = memoryStore();
  const asked = vault(() => {
    store.problem = new Error("connect ECONNREFUSED");
    return found("token-1");
  });
  const alone = fellow(shared(asked.source, { store, key }));
  expect((await alone.auth.token()).reveal()).toBe("token-1");
  expect(alone.types()).toEqual(["store.won", "store.failed"]);
});

test("a holder whose claim ended publishes nothing, and takes what the next one published", async () => {
  const store = memoryStore();
  const { opened, open } = gate();
  const asking = gate();
  const slow = fellow(
    shared(
      fromFunction("vault", async () => {
        asking.open();
        await opened;
        return found("too-late");
      }),
      { store, key },
    ),
  );
  const late = slow.auth.token();
  await asking.opened;
  store.now += 30_000;
  const next = fellow(
    shared(
      fromFunction("vault", () => "in-time"),
      { store, key },
    ),
  );
  expect((await next.auth.token()).reveal()).toBe("in-time");
  open();
  expect((await late).reveal()).toBe("in-time");
  expect(slow.types()).toEqual(["store.won", "store.lost"]);
});

test("explain says from which generation and store the token came, and who holds the claim", async () => {
  const store = memoryStore();
  const { auth } = fellow(shared(fromValue(canary, "vault"), { store, key }));
  await auth.token();
  const generation = store.states.get(key)?.record?.generation;
  store.now += 12_000;
  const told = await auth.explain();
  expect(told.attempts[0]).toMatchObject({
    source: `vault (generation ${generation}, memory)`,
    outcome: "used",
    detail: `memory holds generation ${generation} under the key ${key}, published 12 s ago; nobody holds the claim on the next one.`,
  });
  await store.claim(key, { after: generation ?? 0, leaseMs: 1000, holder: "web-1 4711" });
  expect((await auth.explain()).attempts[0]?.detail).toContain("web-1 4711 holds the claim on the next one.");
  store.problem = new Error("connect ECONNREFUSED");
  expect((await auth.explain()).attempts[0]?.detail).toContain("memory cannot be asked");
});

test("nothing that prints shows what is stored", async () => {
  const store = memoryStore();
  const { auth, events } = fellow(shared(fromValue(canary, "vault"), { store, key }));
  await auth.token();
  expect(inspect([await store.read(key), events], { depth: 9, showHidden: true })).not.toContain(canary);
});

test("a process whose clock is wrong changes nothing for the others", async () => {
  const store = memoryStore();
  const life = 100_000;
  let skew = 0;
  const asked = vault((times) => found(`token-${times}`, { expiresAt: Date.now() + skew + life }));
  const ahead = fellow(shared(asked.source, { store, key }), { now: () => Date.now() + 3_600_000 });
  const behind = fellow(shared(asked.source, { store, key }), { now: () => Date.now() - 3_600_000 });
  skew = 3_600_000;
  const first = await ahead.auth.token();
  skew = -3_600_000;
  const second = await behind.auth.token();
  expect(asked.asked).toBe(1);
  expect(first.reveal()).toBe(second.reveal());
  const lives = [
    (first.expiresAt ?? 0) - Date.now() - 3_600_000,
    (second.expiresAt ?? 0) - Date.now() + 3_600_000,
  ];
  for (const left of lives) expect(Math.abs(left - life)).toBeLessThan(5_000);
});

// ── what rotates ──────────────────────────────────────────────────────────────

/** An authority with refresh tokens of a single use, which ends the whole login when one is used twice. */
function authority(lifeMs = 600_000): {
  readonly trade: Trade;
  trades: number;
  revoked: boolean;
  during?: () => void | Promise<void>;
} {
  let newest = "refresh-0";
  const service = {
    trades: 0,
    revoked: false,
    async trade(material: Parameters<Trade>[0], { now }: Parameters<Trade>[1]) {
      service.trades++;
      if (service.revoked || material.reveal() !== newest) {
        service.revoked = true;
        throw Object.assign(new Error("the grant is invalid"), { error: "invalid_grant" });
      }
      newest = `refresh-${service.trades}`;
      const result = found(`token-${service.trades}`, { expiresAt: now() + lifeMs, next: newest });
      await (service as { during?: () => void | Promise<void> }).during?.();
      return result;
    },
  };
  return service;
}

function login(
  store: TokenStore,
  trade: Trade,
  material: TokenSource = fromValue("refresh-0", "option refreshToken"),
  leaseMs?: number,
): TokenSource {
  const lease = leaseMs === undefined ? {} : { leaseMs };
  return exchange({ name: "Acme login", material, trade, store, key, ...lease });
}

test("a refresh token that rotates is used once, however many processes there are", async () => {
  const store = memoryStore();
  const service = authority();
  const fellows = Array.from({ length: 5 }, () => fellow(login(store, service.trade)));
  for (let round = 1; round <= 4; round++) {
    const tokens = await Promise.all(fellows.map(({ auth }) => auth.token({ refresh: round > 1 })));
    expect(tokens.map((token) => token.reveal())).toEqual(Array(5).fill(`token-${round}`));
  }
  expect(service).toMatchObject({ trades: 4, revoked: false });
});

test("the new refresh token is in the store before the token is used, in one step with it", async () => {
  const store = memoryStore();
  const service = authority();
  const steps: string[] = [];
  const { publish } = store;
  store.publish = async (claim, record) => {
    steps.push(`published ${record.reveal().includes("token-1") && record.reveal().includes("refresh-1")}`);
    return publish(claim, record);
  };
  const token = await fellow(login(store, service.trade)).auth.token();
  steps.push(`used ${token.reveal()}`);
  expect(steps).toEqual(["published true", "used token-1"]);
});

test("a slow answer is waited for as long as the claim runs: it may bring the next refresh token", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  try {
    const service = authority();
    const { opened, open } = gate();
    service.during = () => {
      open();
      return new Promise((resolve) => setTimeout(resolve, 20_000));
    };
    const given = fellow(login(memoryStore(), service.trade)).auth.token();
    await opened;
    await vi.advanceTimersByTimeAsync(20_000);
    expect((await given).reveal()).toBe("token-1");
  } finally {
    vi.useRealTimers();
  }
});

test("a service that gives nothing new goes on with what it gave before", async () => {
  const store = memoryStore();
  const used: string[] = [];
  const trade: Trade = (material) => {
    used.push(material.reveal());
    return found(`token-${used.length}`, used.length === 1 ? { next: "refresh-1" } : {});
  };
  const { auth } = fellow(login(store, trade));
  for (let round = 0; round < 3; round++) await auth.token({ refresh: true });
  expect(used).toEqual(["refresh-0", "refresh-1", "refresh-1"]);
});

test("new material is kept also where the token that came with it is good for nothing", async () => {
  const store = memoryStore();
  const used: string[] = [];
  const trade: Trade = (material) => {
    used.push(material.reveal());
    return found(used.length === 1 ? "in two" : "token-2", { next: `refresh-${used.length}` });
  };
  const { auth } = fellow(login(store, trade));
  expect((await failureOf(auth.token())).code).toBe("AUTH_TOKEN_MALFORMED");
  expect((await auth.token({ refresh: true })).reveal()).toBe("token-2");
  expect(used).toEqual(["refresh-0", "refresh-1"]);
});

test("invalid_grant ends it for all: nobody sends the same refresh token again", async () => {
  const store = memoryStore();
  const service = authority();
  service.revoked = true;
  const [first, second] = [fellow(login(store, service.trade)), fellow(login(store, service.trade))];
  expect((await failureOf(first.auth.token())).message).toContain("Log in again");
  for (const { auth } of [first, second]) {
    const error = await failureOf(auth.token({ refresh: true }));
    expect(error.remedy).toBe("Log in again, and put the new credential in option refreshToken.");
  }
  store.now += 86_400_000;
  await failureOf(fellow(login(store, service.trade)).auth.token());
  expect(service.trades).toBe(1);
});

test("the old token is served while it lives, also after the login has ended", async () => {
  const store = memoryStore();
  const service = authority();
  const first = fellow(login(store, service.trade));
  await first.auth.token();
  service.revoked = true;
  await failureOf(first.auth.token({ refresh: true }));
  expect((await fellow(login(store, service.trade)).auth.token()).reveal()).toBe("token-1");
});

test("a new text from the material is a new login, and takes the place of the old one for all", async () => {
  const store = memoryStore();
  const used: string[] = [];
  const trade: Trade = (material) => {
    used.push(material.reveal());
    return found(`token-${used.length}`, { next: `next-${used.length}` });
  };
  const place = { text: "refresh-a" };
  const material = fromFunction("vault", () => place.text);
  const first = fellow(login(store, trade, material));
  await first.auth.token();
  place.text = "refresh-b";
  const second = fellow(login(store, trade, material));
  expect((await second.auth.token()).reveal()).toBe("token-2");
  expect(used).toEqual(["refresh-a", "refresh-b"]);
  // Who still has the old text in its configuration follows the new login, and never sends the old one again.
  const old = fellow(login(store, trade, fromValue("refresh-a", "vault")));
  expect((await old.auth.token()).reveal()).toBe("token-2");
  await old.auth.token({ refresh: true });
  expect(used).toEqual(["refresh-a", "refresh-b", "next-2"]);
  expect((await first.auth.token({ refresh: true })).reveal()).toBe("token-3");
});

test("a new login ends a login that was refused", async () => {
  const store = memoryStore();
  const trade: Trade = (material) =>
    material.reveal() === "bad"
      ? Promise.reject(Object.assign(new Error(), { error: "invalid_grant" }))
      : found("token", { next: "next" });
  const place = { text: "bad" };
  const { auth } = fellow(
    login(
      store,
      trade,
      fromFunction("vault", () => place.text),
    ),
  );
  await failureOf(auth.token());
  place.text = "good";
  expect((await auth.token({ refresh: true })).reveal()).toBe("token");
});

test("a process without the material rides on what the others publish", async () => {
  const store = memoryStore();
  const service = authority();
  await fellow(login(store, service.trade)).auth.token();
  const rider = fellow(
    login(
      store,
      service.trade,
      fromFunction("vault", () => undefined),
    ),
  );
  expect((await rider.auth.token()).reveal()).toBe("token-1");
  expect((await rider.auth.token({ refresh: true })).reveal()).toBe("token-2");
});

test.each([
  ["from the start", false],
  ["later", true],
])("a store that cannot be asked %s: nothing that rotates is traded", async (_, later) => {
  const store = memoryStore();
  const service = authority();
  const { auth, types } = fellow(login(store, service.trade));
  if (later) await auth.token();
  const before = service.trades;
  store.problem = new Error("connect ECONNREFUSED");
  const error = await failureOf(auth.token({ refresh: true }));
  expect(error.message).toContain("memory cannot be asked");
  expect(service.trades).toBe(before);
  expect(types().at(-1)).toBe("store.failed");
});

test("what is known not to rotate is traded by each process alone while the store is away", async () => {
  const store = memoryStore();
  let trades = 0;
  const { auth } = fellow(login(store, () => `token-${++trades}`));
  await auth.token();
  store.problem = new Error("connect ECONNREFUSED");
  expect((await auth.token({ refresh: true })).reveal()).toBe("token-2");
});

test("what was traded while the store went away is kept, and published when it is back", async () => {
  const store = memoryStore();
  const service = authority();
  service.during = () => {
    store.problem = new Error("connect ECONNREFUSED");
  };
  const { auth } = fellow(login(store, service.trade, fromValue("refresh-0", "vault"), 300));
  await failureOf(auth.token());
  delete service.during;
  store.problem = undefined;
  store.now += 300;
  expect((await auth.token({ refresh: true })).reveal()).toBe("token-1");
  expect((await fellow(login(store, service.trade)).auth.token()).reveal()).toBe("token-1");
  expect((await auth.token({ refresh: true })).reveal()).toBe("token-2");
  expect(service).toMatchObject({ trades: 2, revoked: false });
});

test("an answer of the store that did not arrive may have been a yes", async () => {
  const store = memoryStore();
  const service = authority();
  const { publish } = store;
  let lost = 0;
  store.publish = async (claim, record) => {
    const answer = await publish(claim, record);
    if (lost++ === 0) throw new Error("read ECONNRESET");
    return answer;
  };
  const { auth, types } = fellow(login(store, service.trade));
  expect((await auth.token()).reveal()).toBe("token-1");
  expect(types()).toEqual(["store.won", "store.published"]);
});

test("a holder that died between the rotation and publishing is told as that", async () => {
  const store = memoryStore();
  const service = authority();
  const first = fellow(login(store, service.trade));
  await first.auth.token();
  // Another process claims, the service rotates, and the process is gone.
  const { generation = 0 } = (await store.read(key)) ?? {};
  await store.claim(key, { after: generation, leaseMs: 1000 });
  await service.trade({ reveal: () => "refresh-1" } as never, { now: Date.now } as never);
  store.now += 1000;
  for (const one of [first, fellow(login(store, service.trade))]) {
    const error = await failureOf(one.auth.token({ refresh: true })).catch(() =>
      one.auth.token({ refresh: true }).then(undefined, (e: unknown) => e as Error),
    );
    expect((error as Error).message).toContain("A process ended while it was getting the next token");
  }
  expect(service.trades).toBe(3);
});

test("a process that slept past its claim does not dial: it looks again", async () => {
  const store = memoryStore();
  const server = await serve(() => ({ body: { token: "token-1" } }));
  let asleep = true;
  let beforeDial = 0;
  const trade: Trade = async (material, { fetch }) => {
    beforeDial++;
    if (asleep) {
      asleep = false;
      // The process stands still for longer than its lease, by every clock.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_100);
      store.now += 1_100;
    }
    const response = await fetch(server.url, { method: "POST", body: material.reveal() });
    return ((await response.json()) as { token: string }).token;
  };
  const { auth, types } = fellow(login(store, trade, fromValue("refresh-0", "vault"), 1_000));
  expect((await auth.token()).reveal()).toBe("token-1");
  expect(beforeDial).toBe(2);
  expect(server.requests).toHaveLength(1);
  expect(types()).toEqual(["store.won", "store.lost", "store.won", "store.published"]);
});

test("a store that was emptied is filled again by who knows the newest, and nothing is traded meanwhile", async () => {
  const store = memoryStore();
  const service = authority();
  const [newest, older] = [fellow(login(store, service.trade)), fellow(login(store, service.trade))];
  await older.auth.token();
  await newest.auth.token({ refresh: true });
  await newest.auth.token({ refresh: true });
  const trades = service.trades;
  store.states.clear();

  // The one that knows less comes first, and has to wait: what it knows may be old.
  const error = await failureOf(older.auth.token({ refresh: true }));
  expect(error.message).toMatch(/memory had lost the token of Acme login, .* s to put it back/);
  expect(service.trades).toBe(trades);
  await failureOf(newest.auth.token({ refresh: true }));
  expect((await older.auth.token({ refresh: true })).reveal()).toBe(`token-${trades}`);
  store.now += 30_000;
  expect((await older.auth.token({ refresh: true })).reveal()).toBe(`token-${trades + 1}`);
  expect(service.revoked).toBe(false);
});

test.each(["emptied", "emptied, and filled again by a third process"])(
  "a store that was %s between the look and the claim: nothing is traded with what the look told",
  async (what) => {
    const store = memoryStore();
    const service = authority();
    const [newest, older, third] = Array.from({ length: 3 }, () => fellow(login(store, service.trade)));
    for (const each of [newest, older, third]) await each?.auth.token();
    const claim = store.claim.bind(store);
    store.claim = async (...args) => {
      store.claim = claim;
      // The other one is faster, and then the store loses all of it.
      await newest?.auth.token({ refresh: true });
      store.states.clear();
      if (what !== "emptied") await failureOf(third?.auth.token({ refresh: true }) ?? Promise.resolve());
      return store.claimNow(...args);
    };
    const error = await failureOf(older?.auth.token({ refresh: true }) ?? Promise.resolve());
    expect(error.message).toContain("had lost the token of Acme login");
    expect(service).toMatchObject({ trades: 2, revoked: false });
  },
);

test("a store that fell back to an older state: whoever knows better puts it right before it hands anything out", async () => {
  const store = memoryStore();
  const service = authority();
  const source = login(store, service.trade);
  const [one, another] = [fellow(source), fellow(source)];
  await one.auth.token();
  const older = [...store.states];
  await one.auth.token({ refresh: true });
  const generation = (await store.read(key))?.generation;
  for (const [of, state] of older) store.states.set(of, state);

  expect((await another.auth.token()).reveal()).toBe("token-2");
  expect(await store.read(key)).toMatchObject({ generation });
  expect(service).toMatchObject({ trades: 2, revoked: false });
});

test("a store that loses again what is being put back: nothing old is published as something new", async () => {
  const store = memoryStore();
  const service = authority();
  const { auth } = fellow(login(store, service.trade));
  await auth.token();
  const generation = (await store.read(key))?.generation;
  store.states.clear();
  const publish = store.publish.bind(store);
  store.publish = (...args) => {
    store.publish = publish;
    store.states.clear();
    return publish(...args);
  };
  await failureOf(auth.token({ refresh: true }));
  expect(await store.read(key)).toMatchObject({ generation });
  expect(service.trades).toBe(1);
});

test("a refusal is remembered by whoever was refused, though the store has lost it", async () => {
  const store = memoryStore();
  const service = authority();
  service.revoked = true;
  const source = login(store, service.trade);
  const [one, another] = [fellow(source), fellow(source)];
  await failureOf(one.auth.token());
  store.states.clear();
  const { message } = await failureOf(another.auth.token());
  expect(message).toContain("has refused what came from option refreshToken");
  expect(service.trades).toBe(1);
});

test("what could not be published in time is not thrown away where another process was refused meanwhile", async () => {
  const store = memoryStore();
  const service = authority();
  const [slow, other] = [1, 2].map(() =>
    fellow(login(store, service.trade, fromValue("refresh-0", "vault"), 1_000)),
  ) as [Fellow, Fellow];
  await slow.auth.token();
  await other.auth.token();
  service.during = async () => {
    delete service.during;
    // Its claim is over before it has the answer.
    store.now += 1_000;
    const error = await failureOf(other.auth.token({ refresh: true }));
    expect(error.message).toContain("A process ended while it was getting the next token");
  };
  expect((await slow.auth.token({ refresh: true })).reveal()).toBe("token-2");
  expect((await other.auth.token({ refresh: true })).reveal()).toBe("token-2");
  expect(service.trades).toBe(3);
});

test("gives up waiting when its caller does, and the trade goes on to its end", async () => {
  const store = memoryStore();
  const service = authority();
  const { opened, open } = gate();
  const trading = gate();
  service.during = () => {
    trading.open();
    return opened;
  };
  const { auth } = fellow(login(store, service.trade));
  const controller = new AbortController();
  const given = auth.token({ signal: controller.signal });
  await trading.opened;
  controller.abort(new Error("enough"));
  await expect(given).rejects.toThrow("enough");
  open();
  expect((await auth.token()).reveal()).toBe("token-1");
  expect(service.trades).toBe(1);
});

test.each([
  [{ store: {} as TokenStore, key }, "store"],
  [{ store: memoryStore(), key: " " }, "key"],
  [{ store: memoryStore(), key, leaseMs: 0 }, "leaseMs"],
])("refuses options that cannot be meant (%#)", (options, part) => {
  expect(() => shared(fromValue("x", "vault"), options)).toThrow(part);
  expect(() =>
    exchange({ name: "x", material: fromValue("x", "vault"), trade: () => "x", ...options }),
  ).toThrow(part);
});
