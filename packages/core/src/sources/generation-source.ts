import { isAuthError } from "../errors.ts";
import { isWorkers } from "../runtime.ts";
import { safeMessage } from "../untrusted/safe-message.ts";
import {
  type Generation,
  generationOf,
  hashOf,
  type KnownGeneration,
  recordOf,
} from "../stores/generation.ts";
import type { ClaimAnswer, TokenStore } from "../stores/token-store.ts";
import { TimeLimitReached, withTimeLimit } from "../time-limit.ts";
import {
  failed,
  type Found,
  found,
  isFailed,
  type SourceContext,
  type SourceResult,
  type TokenSource,
  type Unavailable,
} from "./source.ts";
import { createToken, type Token, tokenProblem } from "../token/token.ts";
import { isTerminal, refusedBefore, usedUp } from "./trade.ts";

/** A token that many processes share, and how the next one is got. */
export interface SharedToken {
  /** Of the source. */
  readonly name: string;
  readonly store: TokenStore;
  readonly key: string;
  /** Default: 30,000. */
  readonly leaseMs?: number | undefined;
  /** Asks for the next token. Called by the one who holds the claim. */
  readonly ask: (context: SourceContext, material: Token | undefined) => Promise<SourceResult>;
  /** How long that may take. Never longer than the claim runs. Milliseconds. Default: 10,000. */
  readonly askTimeoutMs?: number | undefined;
  /** What a person put in place for `ask`. Absent: it needs nothing, and what it is made of never rotates. */
  readonly readMaterial?: ((context: SourceContext) => Promise<Token | Unavailable>) | undefined;
}

/** What passes time: replaced by the model's test. */
export interface Pacer {
  /** Milliseconds by a clock that nobody sets. */
  readonly clock: () => number;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** What this process holds that it got and could not publish. */
interface Unpublished {
  readonly after: number;
  /** Hash of the material that it was got for. */
  readonly from: string | undefined;
  readonly generation: Omit<Generation, "generation" | "lifeMs">;
  readonly endsAt: number | undefined;
}

/** What came of a claim that was won. `undefined`: look again. */
type Outcome =
  | { readonly outcome: "published"; readonly generation: KnownGeneration }
  | { readonly outcome: "wait"; readonly ms: number }
  /** Nobody can send it: whoever asked for it is told why. */
  | { readonly outcome: "unusable"; readonly result: Found }
  | Unavailable
  | undefined;

/** What a person put in place, as far as it could be read. */
type Login =
  | { readonly outcome: "found"; readonly token: Token; readonly hash: string }
  | { readonly outcome: "failed"; readonly error: unknown }
  | Unavailable;

/** One claim, as its holder sees it. */
interface Holding {
  readonly claim: Extract<ClaimAnswer, { outcome: "won" }>;
  /** When it was asked for, and when it is over for certain, by the pacer's clock. */
  readonly startedAt: number;
  readonly endsAt: number;
}

/** What the next generation is made of. */
interface Wish {
  readonly base: KnownGeneration | undefined;
  /** The base, where the store has lost it. */
  readonly lost: KnownGeneration | undefined;
  readonly material: Token | undefined;
  /** Hash of what a person put in place. */
  readonly login: string | undefined;
}

class StoreFailure extends Error {}

const defaultLeaseMs = 30_000;
/** How often somebody looks who waits for another process. Milliseconds. */
const firstLookMs = 20;
const longestLookMs = 250;
/** A shorter pause after a failure is waited for; in a longer one the failure is told. Milliseconds. */
const shortPauseMs = 1_000;
const longestPauseMs = 30_000;
/** For how long the holder of a claim that ended by its lease is let in first. Milliseconds. */
const longestCourtesyMs = 1_000;
/** How long one question to the store may take. Milliseconds. */
const longestAnswerMs = 3_000;
/** For how long a store that answered before is asked again, where nobody can go on without it. Milliseconds. */
const longestOutageMs = 3_000;

/**
 * A source of one token for many processes. Whoever needs the next generation claims it in the store before anybody is
 * asked, asks, publishes, and then uses it; everybody else waits for that, or takes what was published.
 */
export function generationSource(plan: SharedToken, pacer: Pacer = realPacer): TokenSource {
  const { name, store, key, leaseMs = defaultLeaseMs } = plan;
  const storeName = typeof store.name === "string" ? store.name : "store";
  const { clock, sleep } = pacer;
  /** What each auth was given last: it asks again because that one is about to expire, or was refused. */
  const given = new WeakMap<object, Pick<KnownGeneration, "generation" | "token">>();
  let known: KnownGeneration | undefined;
  /** Hashes of material that the service refused for good, as far as this process knows: the store may have lost them. */
  const refused = new Set<string>();
  let unpublished: Unpublished | undefined;
  let holding: Promise<Outcome> | undefined;
  /** Whether the store ever did. One that never did may be set up wrongly, which is told at once. */
  let hasAnswered = false;

  async function resolve(context: SourceContext): Promise<SourceResult> {
    const login = await readLogin(context);
    const startedAt = clock();
    for (;;) {
      try {
        return await obtain(context, login);
      } catch (error) {
        if (!(error instanceof StoreFailure)) throw error;
        context.signal.throwIfAborted();
        tell(context, "store.failed", { reason: error.message });
        if (!needsStore()) return alone(context, login);
        if (!hasAnswered || clock() - startedAt >= longestOutageMs)
          throw failed(
            `${name} cannot get a new token, since ${storeName} cannot be asked: ${error.message}`,
            `Mend ${storeName}, and try again.`,
          );
        await sleep(longestLookMs, context.signal);
      }
    }
  }

  /** The token that suits the caller, as soon as there is one. Rejects with a `StoreFailure` where the store cannot be asked. */
  async function obtain(context: SourceContext, login: Login | undefined): Promise<SourceResult> {
    const hash = login?.outcome === "found" ? login.hash : undefined;
    let told = false;
    let hasWaited = false;
    let lookMs = firstLookMs;
    let latest = await look();
    for (;;) {
      context.signal.throwIfAborted();
      if (latest !== undefined && suits(latest, context, hash)) return hand(latest, context);
      // This process is getting the next one already, for another caller.
      if (holding !== undefined) {
        const outcome = await abortable(holding, context.signal);
        if (outcome?.outcome === "unavailable") return outcome;
        latest = await look();
        if (latest !== undefined && suits(latest, context, hash)) return hand(latest, context);
      }
      // A store that was emptied knows less than this process.
      const lost = isLost(latest, hash) ? known : undefined;
      const base = lost ?? latest;
      // What is there already needs no material.
      const material = unpublished === undefined ? await materialFor(base, login, hash, context) : undefined;
      if (material !== undefined && "outcome" in material) return material;

      const startedAt = clock();
      const after = base?.generation ?? 0;
      const answer = await ask(() => store.claim(key, { after, leaseMs, holder: thisProcess() }));
      if (answer.outcome === "newer") {
        tell(context, "store.newer", { generation: answer.record.generation });
        latest = learn(answer.record);
        // Whatever a store says: nobody goes round in circles without a rest.
        if (latest.generation <= after) await sleep(firstLookMs, context.signal);
        continue;
      }
      if (answer.outcome === "held") {
        const remainingMs = Math.max(answer.untilAt - answer.at, 0);
        const { paused, holder } = answer;
        if (!told)
          tell(context, "store.held", { ...(holder !== undefined && { holder }), paused, remainingMs });
        told = true;
        if (paused && remainingMs > shortPauseMs) throw pausedFor(remainingMs);
        await sleep(Math.min(lookMs, remainingMs + 1) * (0.5 + Math.random() / 2), context.signal);
        lookMs = Math.min(lookMs * 1.5, longestLookMs);
        continue;
      }
      // Who held it before may have new material, and no claim: it is let in first, since asking with the old would end the login.
      if (answer.lapsed && material !== undefined && !hasWaited) {
        hasWaited = true;
        await giveUp({ claim: answer, startedAt, endsAt: startedAt + leaseMs }, context);
        await sleep(Math.min(leaseMs / 4, longestCourtesyMs), context.signal);
        latest = await look();
        continue;
      }
      tell(context, "store.won", { fence: answer.fence });
      const held = { claim: answer, startedAt, endsAt: startedAt + leaseMs };
      const own = hold(held, context, { base, lost, material, login: hash });
      // It goes on where the caller gives up: what a service rotated has to be published.
      own.catch(() => undefined);
      if (!isWorkers()) holding = own;
      try {
        const outcome = await abortable(own, context.signal);
        if (outcome === undefined) latest = await look();
        else if (outcome.outcome === "published") return hand(outcome.generation, context);
        else if (outcome.outcome === "unavailable") return outcome;
        else if (outcome.outcome === "unusable") return outcome.result;
        else if (outcome.ms > shortPauseMs) throw restoring(outcome.ms);
        else await sleep(outcome.ms, context.signal);
      } finally {
        own.finally(() => (holding = holding === own ? undefined : holding)).catch(() => undefined);
      }
    }
  }

  /** Everything that happens between winning a claim and its end. */
  async function hold(held: Holding, context: SourceContext, wish: Wish): Promise<Outcome> {
    const { claim, endsAt } = held;
    const { base, lost, material, login } = wish;
    if (unpublished !== undefined) {
      const { generation, from, endsAt: tokenEndsAt } = unpublished;
      const lifeMs = tokenEndsAt === undefined ? undefined : tokenEndsAt - clock();
      const all = { ...generation, ...heritage(unpublished, base), generation: claim.fence, lifeMs };
      return publish(held, context, all, from);
    }
    // Put back under its old number: who knows a newer one puts that in its place.
    if (lost !== undefined) {
      const lifeMs = lost.endsAt === undefined ? undefined : lost.endsAt - clock();
      await publish(held, context, { ...lost, lifeMs, restored: true });
      return undefined;
    }
    if (base?.restored === true && base.ageMs < leaseMs) {
      await giveUp(held, context);
      return { outcome: "wait", ms: leaseMs - base.ageMs };
    }
    if (plan.readMaterial !== undefined) {
      // Without material: another caller has published what was to be published.
      // The store may have been emptied since it was read: what the base holds may be used up.
      if (material === undefined || !isSame(await look(), base)) {
        await giveUp(held, context);
        return undefined;
      }
    }

    let result: SourceResult;
    let isOver = false;
    try {
      const inTime = (): void => {
        isOver ||= clock() >= endsAt;
        if (isOver) throw new Error("The claim is over.");
      };
      const guarded: typeof fetch = (input, init) => {
        inTime();
        return context.fetch(input, init);
      };
      inTime();
      result = await withTimeLimit(
        (signal) => plan.ask({ ...context, signal, fetch: guarded }, material),
        // So that an answer that is late is not waited for while the next one asks.
        Math.max(Math.min(plan.askTimeoutMs ?? 10_000, endsAt - clock() - leaseMs / 10), 1),
      );
    } catch (error) {
      // This process stood still: somebody else may be asking by now.
      if (isOver) {
        tell(context, "store.lost", { fence: claim.fence });
        return undefined;
      }
      throw await afterFailure(error, held, context, wish);
    }
    if (result.outcome === "unavailable") {
      await giveUp(held, context);
      return result;
    }
    // A service that gives nothing new goes on taking the old.
    const kept = base?.next !== undefined && base.next === material?.reveal() ? base.next : undefined;
    const next = material === undefined ? undefined : (result.revealNext?.() ?? kept);
    const from = next === undefined ? undefined : await hashOf(key, material?.reveal() ?? "");
    const value = result.reveal();
    const lifeMs = result.expiresAt === undefined ? undefined : result.expiresAt - context.now();
    const facts = {
      generation: claim.fence,
      next,
      ...lineage(base, login),
      refused: base?.refused ?? [],
      died: false,
      restored: false,
    };
    if (typeof value === "string" && isUsable(value.trim(), lifeMs))
      return publish(held, context, { ...facts, token: value.trim(), lifeMs }, from);
    // What took the old material's place is worth keeping all the same.
    if (next === undefined) await giveUp(held, context, pauseAfter(claim.failures));
    else await publish(held, context, facts, from);
    return { outcome: "unusable", result };
  }

  /** Published first: what this gives may be used. */
  async function publish(
    held: Holding,
    context: SourceContext,
    generation: Generation,
    from?: string,
  ): Promise<Outcome> {
    const { claim, endsAt } = held;
    const { next, lifeMs } = generation;
    const tokenEndsAt = lifeMs === undefined ? undefined : clock() + lifeMs;
    const record = recordOf(generation);
    const rotates = next !== undefined;
    const keep = (): void => {
      // What was put back is no news: it keeps its number, and is put back again where it is missed.
      if (!rotates || generation.restored) return;
      const { generation: _, lifeMs: __, ...facts } = generation;
      unpublished = { after: claim.fence, from, generation: facts, endsAt: tokenEndsAt };
    };
    let isPublished: boolean;
    try {
      isPublished = await ask(() => store.publish(claim, record), rotates ? endsAt : undefined);
      // An answer that did not come may have been a yes.
      if (!isPublished) isPublished = (await look())?.generation === generation.generation;
    } catch (error) {
      keep();
      if (rotates) throw error;
      // What does not rotate may be used by whoever has it.
      tell(context, "store.failed", { reason: (error as Error).message });
      return { outcome: "published", generation: { ...generation, endsAt: tokenEndsAt, ageMs: 0 } };
    }
    if (!isPublished) {
      tell(context, "store.lost", { fence: claim.fence });
      keep();
      return undefined;
    }
    unpublished = undefined;
    known = { ...generation, endsAt: tokenEndsAt, ageMs: 0 };
    tell(context, "store.published", { generation: generation.generation });
    return { outcome: "published", generation: known };
  }

  /** After a trade that failed: all are told to wait, or that nobody need try again. */
  async function afterFailure(
    error: unknown,
    held: Holding,
    context: SourceContext,
    { base, material, login }: Wish,
  ): Promise<unknown> {
    const { claim } = held;
    if (material === undefined || !isTerminal(error)) {
      const askedFor = isAuthError(error) ? error.retryAfterMs : undefined;
      await giveUp(held, context, askedFor ?? pauseAfter(claim.failures));
      if (!(error instanceof TimeLimitReached)) return error;
      return failed(`${name} gave no answer in time`, "Find out what it waits for, or allow it more time.");
    }
    const hash = await hashOf(key, material.reveal());
    refused.add(hash);
    const died = claim.lapsed;
    const tombstone: Generation = {
      ...(base ?? { former: [], restored: false }),
      lifeMs: base?.endsAt === undefined ? undefined : base.endsAt - clock(),
      generation: claim.fence,
      ...lineage(base, login),
      refused: [hash, ...(base?.refused ?? [])],
      died,
    };
    try {
      if (await ask(() => store.publish(claim, recordOf(tombstone))))
        tell(context, "store.published", { generation: claim.fence });
    } catch (failure) {
      tell(context, "store.failed", { reason: (failure as Error).message });
    }
    return died ? usedUp(context.provider ?? name, material.source) : error;
  }

  async function giveUp(held: Holding, context: SourceContext, pauseMs?: number): Promise<void> {
    const { claim, startedAt } = held;
    const options =
      pauseMs === undefined ? {} : { notBeforeAt: claim.at + Math.round(clock() - startedAt + pauseMs) };
    try {
      await ask(() => store.release(claim, options));
    } catch (failure) {
      tell(context, "store.failed", { reason: (failure as Error).message });
    }
  }

  /** What rotates, or may, is left alone without the store: somebody else may be trading it. */
  function needsStore(): boolean {
    // Only a token that came without new material shows that nothing rotates.
    const rotates =
      plan.readMaterial !== undefined && (known?.token === undefined || known.next !== undefined);
    return rotates || unpublished !== undefined;
  }

  async function alone(context: SourceContext, login: Login | undefined): Promise<SourceResult> {
    if (login?.outcome === "failed") throw login.error;
    if (login?.outcome === "unavailable") return login;
    const result = await plan.ask(context, login?.token);
    if (result.outcome === "unavailable") return result;
    if (plan.readMaterial !== undefined && result.revealNext !== undefined)
      throw failed(
        `${name} was given something new in place of its material, and ${storeName} cannot be asked`,
        `Mend ${storeName}, and log in again.`,
      );
    remember(context, { generation: known?.generation ?? 0, token: result.reveal() });
    return { ...result, source: `${result.source ?? name} (without ${storeName})` };
  }

  // ── what there is ────────────────────────────────────────────────────────────

  async function readLogin(context: SourceContext): Promise<Login | undefined> {
    if (plan.readMaterial === undefined) return undefined;
    try {
      const material = await plan.readMaterial(context);
      if ("outcome" in material) return material;
      return { outcome: "found", token: material, hash: await hashOf(key, material.reveal()) };
    } catch (error) {
      context.signal.throwIfAborted();
      // Told where the material is needed: what the store holds may do.
      return { outcome: "failed", error };
    }
  }

  /** What to make the next token of. Throws where the service refused it for good. */
  async function materialFor(
    base: KnownGeneration | undefined,
    login: Login | undefined,
    hash: string | undefined,
    context: SourceContext,
  ): Promise<Token | Unavailable | undefined> {
    if (login === undefined) return undefined;
    const rotated = base?.next !== undefined && !isNewLogin(base, hash);
    if (!rotated && login.outcome === "failed") throw login.error;
    if (!rotated && login.outcome === "unavailable") return login;
    const token = login.outcome === "found" ? login.token : undefined;
    const material = rotated ? createToken(base.next, token?.source ?? storeName) : (token as Token);
    if (refused.size > 0 && refused.has(await hashOf(key, material.reveal()))) {
      const { source } = material;
      throw base?.died === true
        ? usedUp(context.provider ?? name, source)
        : refusedBefore(context.provider ?? name, source);
    }
    return material;
  }

  /** Whether a generation is what the caller asks for: alive, of this login, and not the one it wants to be rid of. */
  function suits(latest: KnownGeneration, context: SourceContext, hash: string | undefined): boolean {
    if (latest.token === undefined || isNewLogin(latest, hash)) return false;
    // What this process has that the store has not comes first: others may be about to trade what is used up.
    if (unpublished !== undefined || isLost(latest, hash)) return false;
    if (latest.endsAt !== undefined && latest.endsAt <= clock()) return false;
    const last = given.get(context.tell ?? plan);
    if (context.reason === "initial" || last === undefined) return true;
    return latest.generation > last.generation && latest.token !== last.token;
  }

  function isLost(latest: KnownGeneration | undefined, hash: string | undefined): boolean {
    if (known?.next === undefined || isNewLogin(known, hash)) return false;
    return latest === undefined || latest.generation < known.generation;
  }

  function learn(stored: Parameters<typeof generationOf>[0]): KnownGeneration {
    let latest: KnownGeneration;
    try {
      latest = generationOf(stored, clock());
    } catch {
      throw new StoreFailure(`it holds something under the key ${key} that is no record`);
    }
    if (known === undefined || latest.generation >= known.generation) known = latest;
    for (const hash of latest.refused) refused.add(hash);
    if (unpublished !== undefined && isOvertaken(unpublished, latest)) unpublished = undefined;
    return latest;
  }

  async function look(): Promise<KnownGeneration | undefined> {
    const stored = await ask(() => store.read(key));
    return stored === undefined ? undefined : learn(stored);
  }

  function remember(context: SourceContext, token: Pick<KnownGeneration, "generation" | "token">): void {
    // An answer that nobody waits for any more was not given.
    if (!context.signal.aborted) given.set(context.tell ?? plan, token);
  }

  function hand(latest: KnownGeneration, context: SourceContext): Found {
    remember(context, latest);
    const { endsAt, generation } = latest;
    return found(latest.token ?? "", {
      ...(endsAt !== undefined && { expiresAt: Math.floor(context.now() + endsAt - clock()) }),
      source: `${name} (generation ${generation}, ${storeName})`,
    });
  }

  /** Asks the store, again and again until `until` where that is given. */
  async function ask<T>(question: () => Promise<T>, until?: number): Promise<T> {
    for (;;) {
      try {
        const answer = await withTimeLimit(async () => question(), Math.min(longestAnswerMs, leaseMs / 2));
        hasAnswered = true;
        return answer;
      } catch (error) {
        const failure = new StoreFailure(reasonOf(error));
        if (until === undefined || clock() + firstLookMs >= until) throw failure;
        await sleep(firstLookMs * 2, new AbortController().signal);
      }
    }
  }

  function tell(context: SourceContext, type: `store.${string}`, facts: object): void {
    context.tell?.(type, { source: name, store: storeName, key, ...facts });
  }

  function pausedFor(ms: number): Error {
    return failed(
      `the last try to get a token from ${name} failed, and the next one is in ${Math.ceil(ms / 1000)} s`,
      "Look at the error of the process that tried, or wait.",
    );
  }

  function restoring(ms: number): Error {
    return failed(
      `${storeName} had lost the token of ${name}, and the processes that know it have ${Math.ceil(ms / 1000)} s to put it back`,
      "Wait, and give the store a disk that survives a restart.",
    );
  }

  async function explain(): Promise<string> {
    try {
      const stored = await ask(() => store.read(key));
      if (stored === undefined) return `${storeName} holds nothing under the key ${key}.`;
      const next =
        stored.holder === undefined
          ? "nobody holds the claim on the next one"
          : `${stored.holder} holds the claim on the next one`;
      return `${storeName} holds generation ${stored.generation} under the key ${key}, published ${Math.round(stored.ageMs / 1000)} s ago; ${next}.`;
    } catch (error) {
      return `${storeName} cannot be asked: ${(error as Error).message}.`;
    }
  }

  return { name, timeoutMs: leaseMs + 10_000, resolve, explain };
}

/** Whether a person has put something in place that the store has never seen. */
function isNewLogin({ login, former }: KnownGeneration, hash: string | undefined): boolean {
  return hash !== undefined && login !== undefined && login !== hash && !former.includes(hash);
}

function isSame(one: KnownGeneration | undefined, other: KnownGeneration | undefined): boolean {
  return one?.generation === other?.generation && one?.restored === other?.restored;
}

/** The logins that a generation is known by, the newest first. */
function lineage(
  base: KnownGeneration | undefined,
  hash: string | undefined,
): Pick<Generation, "login" | "former"> {
  if (base === undefined || base.login === undefined) return { login: hash, former: [] };
  return isNewLogin(base, hash)
    ? { login: hash, former: [base.login, ...base.former] }
    : { login: base.login, former: base.former };
}

/**
 * Whether somebody went on from there, or it was published after all. Who was refused the same material, or has nothing to
 * go on with, has not: what could not be published is all that is left of the login.
 */
function isOvertaken({ after, from, generation }: Unpublished, latest: KnownGeneration): boolean {
  if (latest.generation < after || latest.next === undefined) return false;
  const isRefused = from !== undefined && latest.refused.includes(from);
  return !isRefused || latest.login !== generation.login;
}

/** What a generation that is published late takes over from the one whose place it takes. */
function heritage(
  { from, generation }: Unpublished,
  base: KnownGeneration | undefined,
): Pick<Generation, "former" | "refused"> {
  const { login, former, refused } = generation;
  const logins = new Set([...former, ...(base?.login === undefined ? [] : [base.login, ...base.former])]);
  const all = new Set([...(base?.refused ?? []), ...refused]);
  return {
    former: [...logins].filter((hash) => hash !== login),
    // It was accepted once.
    refused: [...all].filter((hash) => hash !== from),
  };
}

function reasonOf(error: unknown): string {
  if (error instanceof TimeLimitReached) return `it gave no answer within ${error.message}`;
  return isFailed(error) ? error.message : safeMessage(error);
}

/** Whether a token is worth publishing. Why not, is told by who takes it. */
function isUsable(value: string, lifeMs: number | undefined): boolean {
  if (lifeMs !== undefined && !(Number.isFinite(lifeMs) && lifeMs > 0)) return false;
  return value !== "" && tokenProblem(value) === undefined;
}

/** Grows with the failures of all processes together. */
function pauseAfter(failures: number): number {
  return Math.min(1_000 * 2 ** failures, longestPauseMs) * (0.5 + Math.random() / 2);
}

/** For people: which process it is. */
function thisProcess(): string {
  const { process } = globalThis as {
    process?: { pid?: number; getBuiltinModule?: (name: string) => { hostname?: () => string } | undefined };
  };
  const host = process?.getBuiltinModule?.("node:os")?.hostname?.();
  return [host, process?.pid].filter((part) => part !== undefined).join(" ") || "a process";
}

const realPacer: Pacer = {
  clock: () => performance.now(),
  sleep: (ms, signal) =>
    abortable(new Promise<void>((resolve) => setTimeout(resolve, Math.max(ms, 0))), signal),
};

/** The same promise for one caller, who may stop waiting for it without stopping anybody else. */
function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
