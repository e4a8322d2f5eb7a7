import { pauseAfter } from "../../back-off.ts";
import { isAuthError } from "../../errors.ts";
import { type Generation, hashOf, type KnownGeneration, recordOf } from "../../stores/generation.ts";
import type { ClaimAnswer } from "../../stores/token-store.ts";
import { TimeLimitReached, withTimeLimit } from "../../time-limit.ts";
import { type Token, tokenProblem } from "../../token/token.ts";
import { failed, type Found, type SourceContext, type SourceResult, type Unavailable } from "../source.ts";
import { isTerminal, usedUp } from "../trade.ts";
import { heritage, lineage, type ProcessMemory } from "./process-memory.ts";
import type { SharedToken } from "./shared-token.ts";
import type { StoreQuestions } from "./store-questions.ts";

/** One claim, as its holder sees it. */
export interface HeldClaim {
  readonly claim: Extract<ClaimAnswer, { outcome: "won" }>;
  /** When it was asked for, and when it is over for certain, by the pacer's clock. */
  readonly startedAt: number;
  readonly endsAt: number;
}

/** What the next generation is made of. */
interface Ingredients {
  readonly base: KnownGeneration | undefined;
  /** The base, where the store has lost it. */
  readonly lost: KnownGeneration | undefined;
  readonly material: Token | undefined;
  /** Hash of what a person put in place. */
  readonly login: string | undefined;
}

/** What came of a claim that was won. `undefined`: look again. */
export type Outcome =
  | { readonly outcome: "published"; readonly generation: KnownGeneration }
  | { readonly outcome: "wait"; readonly ms: number }
  /** Nobody can send it: whoever asked for it is told why. */
  | { readonly outcome: "unusable"; readonly result: Found }
  | Unavailable
  | undefined;

/** Does what a claim was won for, and ends it. */
export interface ClaimHolder {
  use(held: HeldClaim, context: SourceContext, ingredients: Ingredients): Promise<Outcome>;
  /** Ends it with nothing published. With `pauseMs` nobody wins before that has passed. */
  giveUp(held: HeldClaim, context: SourceContext, pauseMs?: number): Promise<void>;
}

export function claimHolder(
  plan: SharedToken,
  parts: {
    readonly store: StoreQuestions;
    readonly memory: ProcessMemory;
    readonly clock: () => number;
  },
): ClaimHolder {
  const { name, key } = plan;
  const { store, memory, clock } = parts;
  const { leaseMs } = store;
  // With the answer that is given up, the only refresh token that is still good may be lost.
  const patienceMs = plan.readMaterial === undefined ? 10_000 : Number.POSITIVE_INFINITY;
  const { askTimeoutMs = patienceMs } = plan;

  async function use(held: HeldClaim, context: SourceContext, ingredients: Ingredients): Promise<Outcome> {
    const { base, lost, material } = ingredients;
    const { unpublished } = memory;
    if (unpublished !== undefined) {
      const { generation, before } = unpublished;
      const lifeMs = lifeLeft(unpublished);
      const late = { ...generation, ...heritage(unpublished, base), generation: held.claim.fence, lifeMs };
      return publish(held, context, late, before);
    }
    // Put back under its old number: who knows a newer one puts that in its place.
    if (lost !== undefined) {
      await publish(held, context, { ...lost, lifeMs: lifeLeft(lost), restored: true });
      return undefined;
    }
    if (base?.restored === true && base.ageMs < leaseMs) {
      await giveUp(held, context);
      return { outcome: "wait", ms: leaseMs - base.ageMs };
    }
    if (plan.readMaterial !== undefined) {
      // Without material: another caller has published what was to be published.
      // The store may have been emptied since it was read: what the base holds may be used up.
      if (material === undefined || !isSame(await memory.look(), base)) {
        await giveUp(held, context);
        return undefined;
      }
    }
    return trade(held, context, ingredients);
  }

  /** Asks for the next token, and publishes it. */
  async function trade(held: HeldClaim, context: SourceContext, ingredients: Ingredients): Promise<Outcome> {
    const { claim, endsAt } = held;
    const { base, material, login } = ingredients;
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
        Math.max(Math.min(askTimeoutMs, endsAt - clock() - leaseMs / 10), 1),
      );
    } catch (error) {
      // This process stood still: somebody else may be asking by now.
      if (isOver) {
        store.tell(context, "store.lost", { fence: claim.fence });
        return undefined;
      }
      throw await afterFailure(error, held, context, ingredients);
    }
    if (result.outcome === "unavailable") {
      await giveUp(held, context);
      return result;
    }
    // A service that gives nothing new goes on taking the old.
    const kept = base?.next !== undefined && base.next === material?.reveal() ? base.next : undefined;
    const next = material === undefined ? undefined : (result.revealNext?.() ?? kept);
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
      return publish(held, context, { ...facts, token: value.trim(), lifeMs }, base?.next);
    // What took the old material's place is worth keeping all the same.
    if (next === undefined) await giveUp(held, context, pauseAfter(claim.failures));
    else await publish(held, context, facts, base?.next);
    return { outcome: "unusable", result };
  }

  /** Published first: what this gives may be used. `before`: what was the next to trade before it. */
  async function publish(
    held: HeldClaim,
    context: SourceContext,
    generation: Generation,
    before?: string,
  ): Promise<Outcome> {
    const { claim, endsAt } = held;
    const { next, lifeMs } = generation;
    const tokenEndsAt = lifeMs === undefined ? undefined : clock() + lifeMs;
    const known: KnownGeneration = { ...generation, endsAt: tokenEndsAt, ageMs: 0 };
    const record = recordOf(generation);
    const rotates = next !== undefined;
    const keep = (): void => {
      // What was put back is no news: it keeps its number, and is put back again where it is missed.
      if (!rotates || generation.restored) return;
      const { generation: _, lifeMs: __, ...facts } = generation;
      memory.unpublished = { after: claim.fence, before, generation: facts, endsAt: tokenEndsAt };
    };
    let isPublished: boolean;
    try {
      isPublished = await store.publish(claim, record, rotates ? endsAt : undefined);
      // An answer that did not come may have been a yes.
      if (!isPublished) isPublished = (await memory.look())?.generation === generation.generation;
    } catch (error) {
      keep();
      if (rotates) throw error;
      // What does not rotate may be used by whoever has it.
      store.tell(context, "store.failed", { reason: (error as Error).message });
      return { outcome: "published", generation: known };
    }
    if (!isPublished) {
      store.tell(context, "store.lost", { fence: claim.fence });
      keep();
      return undefined;
    }
    memory.unpublished = undefined;
    memory.known = known;
    store.tell(context, "store.published", { generation: generation.generation });
    return { outcome: "published", generation: known };
  }

  /** After a trade that failed: all are told to wait, or that nobody need try again. */
  async function afterFailure(
    error: unknown,
    held: HeldClaim,
    context: SourceContext,
    { base, material, login }: Ingredients,
  ): Promise<unknown> {
    const { claim } = held;
    if (material === undefined || !isTerminal(error)) {
      const askedFor = isAuthError(error) ? error.retryAfterMs : undefined;
      await giveUp(held, context, askedFor ?? pauseAfter(claim.failures));
      if (!(error instanceof TimeLimitReached)) return error;
      return failed(`${name} gave no answer in time`, "Find out what it waits for, or allow it more time.");
    }
    const hash = await hashOf(key, material.reveal());
    memory.refused.add(hash);
    const died = claim.lapsed;
    const tombstone: Generation = {
      ...(base ?? { former: [], restored: false }),
      lifeMs: lifeLeft(base),
      generation: claim.fence,
      ...lineage(base, login),
      refused: [hash, ...(base?.refused ?? [])],
      died,
    };
    try {
      if (await store.publish(claim, recordOf(tombstone)))
        store.tell(context, "store.published", { generation: claim.fence });
    } catch (failure) {
      store.tell(context, "store.failed", { reason: (failure as Error).message });
    }
    return died ? usedUp(context.provider ?? name, material.source) : error;
  }

  async function giveUp(held: HeldClaim, context: SourceContext, pauseMs?: number): Promise<void> {
    const { claim, startedAt } = held;
    const options =
      pauseMs === undefined ? {} : { notBeforeAt: claim.at + Math.round(clock() - startedAt + pauseMs) };
    try {
      await store.release(claim, options);
    } catch (failure) {
      store.tell(context, "store.failed", { reason: (failure as Error).message });
    }
  }

  function lifeLeft(token: { readonly endsAt?: number | undefined } | undefined): number | undefined {
    return token?.endsAt === undefined ? undefined : token.endsAt - clock();
  }

  return { use, giveUp };
}

function isSame(one: KnownGeneration | undefined, other: KnownGeneration | undefined): boolean {
  return one?.generation === other?.generation && one?.restored === other?.restored;
}

/** Whether a token is worth publishing. Why not, is told by who takes it. */
function isUsable(value: string, lifeMs: number | undefined): boolean {
  if (lifeMs !== undefined && !(Number.isFinite(lifeMs) && lifeMs > 0)) return false;
  return value !== "" && tokenProblem(value) === undefined;
}
