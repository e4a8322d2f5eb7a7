import type {
  Claim,
  ClaimAnswer,
  ReleaseOptions,
  StoredRecord,
  TokenRecord,
} from "../../stores/token-store.ts";
import { TimeLimitReached, withTimeLimit } from "../../time-limit.ts";
import { safeMessage } from "../../untrusted/safe-message.ts";
import { isFailed, type SourceContext } from "../source.ts";
import type { Pacer } from "./pacer.ts";
import type { SharedToken } from "./shared-token.ts";

/** The store could not be asked. Its message says why. */
export class StoreFailure extends Error {}

/** The questions to the store about one token, each with a time limit. They reject with a {@link StoreFailure}. */
export interface StoreQuestions {
  /** Of the store. */
  readonly name: string;
  readonly leaseMs: number;
  /** Whether it ever answered. A store that never did may be set up wrongly, which is told at once. */
  hasAnswered(): boolean;
  read(): Promise<StoredRecord | undefined>;
  claim(after: number): Promise<ClaimAnswer>;
  /** Asks again and again until `until` where that is given: what a service rotated has to be published. */
  publish(claim: Claim, record: TokenRecord, until?: number): Promise<boolean>;
  release(claim: Claim, options: ReleaseOptions): Promise<void>;
  /** An event about the store. */
  tell(context: SourceContext, type: `store.${string}`, facts: object): void;
  /** What it holds, for people. Never rejects. */
  explain(): Promise<string>;
}

const defaultLeaseMs = 30_000;
/** How long one question may take. Milliseconds. */
const longestAnswerMs = 3_000;
/** How long a question that is asked again waits before. Milliseconds. */
const pauseMs = 40;

export function storeQuestions(plan: SharedToken, { clock, sleep }: Pacer): StoreQuestions {
  const { store, key, leaseMs = defaultLeaseMs } = plan;
  const name = typeof store.name === "string" ? store.name : "store";
  let hasAnswered = false;

  async function ask<T>(question: () => Promise<T>, until?: number): Promise<T> {
    for (;;) {
      try {
        const answer = await withTimeLimit(async () => question(), Math.min(longestAnswerMs, leaseMs / 2));
        hasAnswered = true;
        return answer;
      } catch (error) {
        if (until === undefined || clock() + pauseMs / 2 >= until) throw new StoreFailure(reasonOf(error));
        await sleep(pauseMs, new AbortController().signal);
      }
    }
  }

  return {
    name,
    leaseMs,
    hasAnswered: () => hasAnswered,
    read: () => ask(() => store.read(key)),
    claim: (after) => ask(() => store.claim(key, { after, leaseMs, holder: thisProcess() })),
    publish: (claim, record, until) => ask(() => store.publish(claim, record), until),
    release: (claim, options) => ask(() => store.release(claim, options)),
    tell(context, type, facts) {
      context.tell?.(type, { source: plan.name, store: name, key, ...facts });
    },
    async explain() {
      try {
        const stored = await ask(() => store.read(key));
        if (stored === undefined) return `${name} holds nothing under the key ${key}.`;
        const next =
          stored.holder === undefined
            ? "nobody holds the claim on the next one"
            : `${stored.holder} holds the claim on the next one`;
        return `${name} holds generation ${stored.generation} under the key ${key}, published ${Math.round(stored.ageMs / 1000)} s ago; ${next}.`;
      } catch (error) {
        return `${name} cannot be asked: ${(error as Error).message}.`;
      }
    },
  };
}

function reasonOf(error: unknown): string {
  if (error instanceof TimeLimitReached) return `it gave no answer within ${error.message}`;
  return isFailed(error) ? error.message : safeMessage(error);
}

/** For people: which process it is. */
function thisProcess(): string {
  const { process } = globalThis as {
    process?: { pid?: number; getBuiltinModule?: (name: string) => { hostname?: () => string } | undefined };
  };
  const host = process?.getBuiltinModule?.("node:os")?.hostname?.();
  return [host, process?.pid].filter((part) => part !== undefined).join(" ") || "a process";
}
