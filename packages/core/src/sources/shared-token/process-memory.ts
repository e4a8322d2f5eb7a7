import { type Generation, generationOf, type KnownGeneration } from "../../stores/generation.ts";
import type { StoredRecord } from "../../stores/token-store.ts";
import type { SourceContext } from "../source.ts";
import { StoreFailure, type StoreQuestions } from "./store-questions.ts";

/** What a process got and could not publish. */
export interface Unpublished {
  readonly after: number;
  /** What was the next to trade before it was got. */
  readonly before: string | undefined;
  readonly generation: Omit<Generation, "generation" | "lifeMs">;
  readonly endsAt: number | undefined;
}

type Given = Pick<KnownGeneration, "generation" | "token">;

/**
 * What one process remembers of a token that it shares. A store may lose what it held, or fall back to an older state; then
 * the memory of the processes is all that is left.
 */
export class ProcessMemory {
  /** The newest generation that it has seen. */
  known: KnownGeneration | undefined;
  unpublished: Unpublished | undefined;
  /** Hashes of material that the service refused for good: the store may have lost them. */
  readonly refused = new Set<string>();
  /** What each auth was given last: it asks again because that one is about to expire, or was refused. */
  readonly #given = new WeakMap<object, Given>();
  readonly #store: StoreQuestions;
  readonly #key: string;
  readonly #clock: () => number;

  constructor(store: StoreQuestions, key: string, clock: () => number) {
    this.#store = store;
    this.#key = key;
    this.#clock = clock;
  }

  /** What the store holds now. */
  async look(): Promise<KnownGeneration | undefined> {
    const stored = await this.#store.read();
    return stored === undefined ? undefined : this.learn(stored);
  }

  learn(stored: StoredRecord): KnownGeneration {
    let latest: KnownGeneration;
    try {
      latest = generationOf(stored, this.#clock());
    } catch {
      throw new StoreFailure(`it holds something under the key ${this.#key} that is no record`);
    }
    if (this.known === undefined || latest.generation >= this.known.generation) this.known = latest;
    for (const hash of latest.refused) this.refused.add(hash);
    const { unpublished } = this;
    if (unpublished !== undefined && isOvertaken(unpublished, latest)) this.unpublished = undefined;
    return latest;
  }

  /** What this process knows, where the store has lost it. `hash`: of the login that is configured. */
  lostBy(latest: KnownGeneration | undefined, hash: string | undefined): KnownGeneration | undefined {
    const { known } = this;
    if (known?.next === undefined || isNewLogin(known, hash)) return undefined;
    return latest === undefined || latest.generation < known.generation ? known : undefined;
  }

  /** Whether a generation is what the caller asks for: alive, of this login, and not the one it wants to be rid of. */
  suits(latest: KnownGeneration, context: SourceContext, hash: string | undefined): boolean {
    if (latest.token === undefined || isNewLogin(latest, hash)) return false;
    // What this process has that the store has not comes first: others may be about to trade what is used up.
    if (this.unpublished !== undefined || this.lostBy(latest, hash) !== undefined) return false;
    if (latest.endsAt !== undefined && latest.endsAt <= this.#clock()) return false;
    const last = this.#given.get(context.tell ?? this);
    if (context.reason === "initial" || last === undefined) return true;
    return latest.generation > last.generation && latest.token !== last.token;
  }

  /** Remembers what an auth is given. */
  give(context: SourceContext, token: Given): void {
    // An answer that nobody waits for any more was not given.
    if (!context.signal.aborted) this.#given.set(context.tell ?? this, token);
  }
}

/** Whether a person has put something in place that the store has never seen. */
export function isNewLogin({ login, former }: KnownGeneration, hash: string | undefined): boolean {
  return hash !== undefined && login !== undefined && login !== hash && !former.includes(hash);
}

/** The logins that a generation is known by, the newest first. */
export function lineage(
  base: KnownGeneration | undefined,
  hash: string | undefined,
): Pick<Generation, "login" | "former"> {
  if (base === undefined || base.login === undefined) return { login: hash, former: [] };
  return isNewLogin(base, hash)
    ? { login: hash, former: [base.login, ...base.former] }
    : { login: base.login, former: base.former };
}

/** What a generation that is published late takes over from the one whose place it takes. */
export function heritage(
  { generation: { login, former, refused } }: Unpublished,
  base: KnownGeneration | undefined,
): Pick<Generation, "former" | "refused"> {
  const logins = new Set([...former, ...(base?.login === undefined ? [] : [base.login, ...base.former])]);
  return {
    former: [...logins].filter((hash) => hash !== login),
    refused: [...new Set([...(base?.refused ?? []), ...refused])],
  };
}

/**
 * Whether it was published after all, or somebody went on. Who was refused leaves the next to trade as it was: then what could
 * not be published is all that is left of the login.
 */
function isOvertaken({ after, before }: Unpublished, latest: KnownGeneration): boolean {
  return latest.generation === after || (latest.generation > after && latest.next !== before);
}
