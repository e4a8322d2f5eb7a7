import { isWorkers } from "../../runtime.ts";
import type { KnownGeneration } from "../../stores/generation.ts";
import {
  failed,
  type Found,
  found,
  type SourceContext,
  type SourceResult,
  type TokenSource,
} from "../source.ts";
import { claimHolder, type HeldClaim, type Outcome } from "./claim-holder.ts";
import { hashOfLogin, type Login, materialAfter, readLogin } from "./login.ts";
import { abortable, type Pacer, realPacer } from "./pacer.ts";
import { ProcessMemory } from "./process-memory.ts";
import type { SharedToken } from "./shared-token.ts";
import { StoreFailure, storeQuestions } from "./store-questions.ts";

/** How often somebody looks who waits for another process. Milliseconds. */
const firstLookMs = 20;
const longestLookMs = 250;
/** A shorter pause after a failure is waited for; in a longer one the failure is told. Milliseconds. */
const shortPauseMs = 1_000;
/** For how long the holder of a claim that ended by its lease is let in first. Milliseconds. */
const longestCourtesyMs = 1_000;
/** For how long a store that answered before is asked again, where nobody can go on without it. Milliseconds. */
const longestOutageMs = 3_000;

/**
 * A source of one token for many processes. Whoever needs the next generation claims it in the store before anybody is
 * asked, asks, publishes, and then uses it; everybody else waits for that, or takes what was published.
 */
export function generationSource(plan: SharedToken, pacer: Pacer = realPacer): TokenSource {
  const { name, key } = plan;
  const { clock, sleep } = pacer;
  const store = storeQuestions(plan, pacer);
  const { leaseMs } = store;
  const memory = new ProcessMemory(store, key, clock);
  const holder = claimHolder(plan, { store, memory, clock });
  /** What this process does with a claim at the moment. */
  let holding: Promise<Outcome> | undefined;

  async function resolve(context: SourceContext): Promise<SourceResult> {
    const login = await readLogin(plan, context);
    const startedAt = clock();
    for (;;) {
      try {
        return await obtain(context, login);
      } catch (error) {
        if (!(error instanceof StoreFailure)) throw error;
        context.signal.throwIfAborted();
        store.tell(context, "store.failed", { reason: error.message });
        if (!needsStore()) return alone(context, login);
        if (!store.hasAnswered() || clock() - startedAt >= longestOutageMs)
          throw failed(
            `${name} cannot get a new token, since ${store.name} cannot be asked: ${error.message}`,
            `Mend ${store.name}, and try again.`,
          );
        await sleep(longestLookMs, context.signal);
      }
    }
  }

  /** The token that suits the caller, as soon as there is one. Rejects with a `StoreFailure` where the store cannot be asked. */
  async function obtain(context: SourceContext, login: Login | undefined): Promise<SourceResult> {
    const hash = hashOfLogin(login);
    let told = false;
    let hasWaited = false;
    let lookMs = firstLookMs;
    let latest = await memory.look();
    for (;;) {
      context.signal.throwIfAborted();
      if (latest !== undefined && memory.suits(latest, context, hash)) return hand(latest, context);
      // This process is getting the next one already, for another caller.
      if (holding !== undefined) {
        const outcome = await abortable(holding, context.signal);
        if (outcome?.outcome === "unavailable") return outcome;
        latest = await memory.look();
        if (latest !== undefined && memory.suits(latest, context, hash)) return hand(latest, context);
      }
      const lost = memory.lostBy(latest, hash);
      const base = lost ?? latest;
      // What is there already needs no material.
      const material =
        memory.unpublished === undefined
          ? await materialAfter(base, login, { plan, storeName: store.name, memory, context })
          : undefined;
      if (material !== undefined && "outcome" in material) return material;

      const startedAt = clock();
      const after = base?.generation ?? 0;
      const answer = await store.claim(after);
      if (answer.outcome === "newer") {
        store.tell(context, "store.newer", { generation: answer.record.generation });
        latest = memory.learn(answer.record);
        // Whatever a store says: nobody goes round in circles without a rest.
        if (latest.generation <= after) await sleep(firstLookMs, context.signal);
        continue;
      }
      if (answer.outcome === "held") {
        const remainingMs = Math.max(answer.untilAt - answer.at, 0);
        const { paused, holder: by } = answer;
        if (!told)
          store.tell(context, "store.held", { ...(by !== undefined && { holder: by }), paused, remainingMs });
        told = true;
        if (paused && remainingMs > shortPauseMs) throw pausedFor(remainingMs);
        await sleep(Math.min(lookMs, remainingMs + 1) * (0.5 + Math.random() / 2), context.signal);
        lookMs = Math.min(lookMs * 1.5, longestLookMs);
        continue;
      }
      const held: HeldClaim = { claim: answer, startedAt, endsAt: startedAt + leaseMs };
      // Who held it before may have new material, and no claim: it is let in first, since asking with the old would end the login.
      if (answer.lapsed && material !== undefined && !hasWaited) {
        hasWaited = true;
        await holder.giveUp(held, context);
        await sleep(Math.min(leaseMs / 4, longestCourtesyMs), context.signal);
        latest = await memory.look();
        continue;
      }
      store.tell(context, "store.won", { fence: answer.fence });
      const outcome = await waitFor(
        holder.use(held, context, { base, lost, material, login: hash }),
        context.signal,
      );
      if (outcome?.outcome === "published") return hand(outcome.generation, context);
      if (outcome?.outcome === "unavailable") return outcome;
      if (outcome?.outcome === "unusable") return outcome.result;
      if (outcome !== undefined) {
        if (outcome.ms > shortPauseMs) throw restoring(outcome.ms);
        await sleep(outcome.ms, context.signal);
      }
      latest = await memory.look();
    }
  }

  /** It goes on where the caller gives up: what a service rotated has to be published. */
  async function waitFor(own: Promise<Outcome>, signal: AbortSignal): Promise<Outcome> {
    const isDone = (): void => {
      if (holding === own) holding = undefined;
    };
    if (!isWorkers()) holding = own;
    own.then(isDone, isDone);
    return abortable(own, signal);
  }

  function hand(latest: KnownGeneration, context: SourceContext): Found {
    memory.give(context, latest);
    const { endsAt, generation } = latest;
    return found(latest.token ?? "", {
      ...(endsAt !== undefined && { expiresAt: Math.floor(context.now() + endsAt - clock()) }),
      source: `${name} (generation ${generation}, ${store.name})`,
    });
  }

  // ── without the store ────────────────────────────────────────────────────────

  /** What rotates, or may, is left alone without the store: somebody else may be trading it. */
  function needsStore(): boolean {
    const { known, unpublished } = memory;
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
        `${name} was given something new in place of its material, and ${store.name} cannot be asked`,
        `Mend ${store.name}, and log in again.`,
      );
    memory.give(context, { generation: memory.known?.generation ?? 0, token: result.reveal() });
    return { ...result, source: `${result.source ?? name} (without ${store.name})` };
  }

  // ── what is told where somebody has to wait for long ─────────────────────────

  function pausedFor(ms: number): Error {
    return failed(
      `the last try to get a token from ${name} failed, and the next one is in ${Math.ceil(ms / 1000)} s`,
      "Look at the error of the process that tried, or wait.",
    );
  }

  function restoring(ms: number): Error {
    return failed(
      `${store.name} had lost the token of ${name}, and the processes that know it have ${Math.ceil(ms / 1000)} s to put it back`,
      "Wait, and give the store a disk that survives a restart.",
    );
  }

  return { name, timeoutMs: leaseMs + 10_000, resolve, explain: () => store.explain() };
}
