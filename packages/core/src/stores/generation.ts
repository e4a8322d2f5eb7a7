import { ownField, ownText } from "../untrusted/own-field.ts";
import { parseJson } from "../untrusted/json.ts";
import type { StoredRecord, TokenRecord } from "./token-store.ts";

/** What processes tell each other through a store: a token, and what the next one is made of. */
export interface Generation {
  /** The fence of the claim under which it was published. */
  readonly generation: number;
  /** Absent where the first trade was refused for good. */
  readonly token?: string | undefined;
  /** For how long the token was good when it was published. Absent: nobody said. Milliseconds. */
  readonly lifeMs?: number | undefined;
  /** The material that the service gave in place of the old one. */
  readonly next?: string | undefined;
  /** Hash of the material that a person put in place. */
  readonly login?: string | undefined;
  /** Hashes of those before it: where one is still configured, that is an old configuration and no new login. */
  readonly former: readonly string[];
  /** Hashes of material that the service refused for good. */
  readonly refused: readonly string[];
  /** Whether somebody died, or stood still, with a claim before the refusal. */
  readonly died: boolean;
  /** Whether a process put it back from memory, since the store had lost it. */
  readonly restored: boolean;
}

/** A generation as this process knows it. */
export interface KnownGeneration extends Generation {
  /** When its token ends, by this process's own clock that nobody sets: `performance.now()`. */
  readonly endsAt?: number | undefined;
  /** How old the record was when it was read. Milliseconds. */
  readonly ageMs: number;
}

/** How many hashes are kept of each kind. */
const longestMemory = 16;

/** The record for a store. It prints nothing. */
export function recordOf(generation: Generation): TokenRecord {
  const { generation: number, token, lifeMs, next, login, former, refused, died, restored } = generation;
  const text = JSON.stringify({
    token,
    lifeMs,
    next,
    login,
    ...(former.length > 0 && { former: former.slice(0, longestMemory) }),
    ...(refused.length > 0 && { refused: refused.slice(0, longestMemory) }),
    ...(died && { died }),
    ...(restored && { restored }),
  });
  return { generation: number, reveal: () => text };
}

/** What a store gave back. Throws where that is no record of ours. */
export function generationOf(stored: StoredRecord, clock: number): KnownGeneration {
  const facts = parseJson(stored.reveal());
  const lifeMs = numberOf(ownField(facts, "lifeMs"));
  return {
    generation: stored.generation,
    token: ownText(facts, "token"),
    lifeMs,
    next: ownText(facts, "next"),
    login: ownText(facts, "login"),
    former: textsOf(ownField(facts, "former")),
    refused: textsOf(ownField(facts, "refused")),
    died: ownField(facts, "died") === true,
    restored: ownField(facts, "restored") === true,
    ageMs: stored.ageMs,
    endsAt: lifeMs === undefined ? undefined : clock + lifeMs - Math.max(stored.ageMs, 0),
  };
}

/** SHA-256 of material, for one key: a hash in one store says nothing about another. */
export async function hashOf(key: string, material: string): Promise<string> {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(`${key}\n${material}`));
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function numberOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((text): text is string => typeof text === "string") : [];
}
