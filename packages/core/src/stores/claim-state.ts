import type { Claim, ClaimAnswer, ClaimWish, StoredRecord, TokenRecord } from "./token-store.ts";

/** What a store keeps for one key. Plain data, so that it can be kept as JSON. */
export interface ClaimState {
  /** The newest fence that was given. */
  readonly fence: number;
  /** The claim that runs. */
  readonly claim?: { readonly until: number; readonly leaseMs: number; readonly holder?: string | undefined };
  readonly notBeforeAt?: number;
  /** Since the last record was published. */
  readonly failures: number;
  readonly lapsed: boolean;
  readonly record?: { readonly generation: number; readonly text: string; readonly at: number };
}

/** A pause that is longer was made by a clock that was set since. Milliseconds. */
const longestPauseMs = 86_400_000;

/** What is answered without changing anything; `undefined` where the claim can be won. */
export function refusal(
  state: ClaimState | undefined,
  now: number,
  { after }: Pick<ClaimWish, "after">,
): Exclude<ClaimAnswer, { outcome: "won" }> | undefined {
  const record = storedRecord(state, now);
  if (record !== undefined && record.generation > after) return { outcome: "newer", record };
  const { claim, notBeforeAt = 0 } = state ?? {};
  if (claim !== undefined && runs(claim, now))
    return { outcome: "held", untilAt: claim.until, at: now, paused: false, holder: claim.holder };
  if (notBeforeAt > now && notBeforeAt - now <= longestPauseMs)
    return { outcome: "held", untilAt: notBeforeAt, at: now, paused: true };
  return undefined;
}

/** A claim, and the state to keep. */
export function claimed(
  state: ClaimState | undefined,
  now: number,
  key: string,
  wish: ClaimWish,
): { readonly state?: ClaimState; readonly answer: ClaimAnswer } {
  const refused = refusal(state, now, wish);
  if (refused !== undefined) return { answer: refused };
  const { failures = 0, record } = state ?? {};
  const lapsed = state?.lapsed === true || state?.claim !== undefined;
  const { after, leaseMs, holder } = wish;
  // The clock of a replica that took over may be behind what the asker has seen.
  const fence = Math.max((state?.fence ?? 0) + 1, (record?.generation ?? 0) + 1, after + 1, Math.floor(now));
  return {
    state: {
      fence,
      claim: { until: now + leaseMs, leaseMs, ...(holder !== undefined && { holder }) },
      failures,
      lapsed,
      ...(record !== undefined && { record }),
    },
    answer: { outcome: "won", key, fence, at: now, failures, lapsed },
  };
}

/** The state after publishing; `undefined` where the claim no longer holds. */
export function published(
  state: ClaimState | undefined,
  now: number,
  claim: Claim,
  record: TokenRecord,
): ClaimState | undefined {
  if (state === undefined || !holds(state, now, claim)) return undefined;
  const { generation } = record;
  return {
    fence: state.fence,
    failures: 0,
    lapsed: false,
    record: { generation, text: record.reveal(), at: now },
  };
}

/** The state after giving a claim up; `undefined` where it no longer holds. */
export function released(
  state: ClaimState | undefined,
  now: number,
  claim: Claim,
  notBeforeAt: number | undefined,
): ClaimState | undefined {
  if (state === undefined || !holds(state, now, claim)) return undefined;
  const { claim: _, ...others } = state;
  return notBeforeAt === undefined ? others : { ...others, notBeforeAt, failures: state.failures + 1 };
}

/** The newest record, as a store gives it back. */
export function storedRecord(state: ClaimState | undefined, now: number): StoredRecord | undefined {
  if (state?.record === undefined) return undefined;
  const { generation, text, at } = state.record;
  const holder = state.claim !== undefined && runs(state.claim, now) ? state.claim.holder : undefined;
  return {
    generation,
    reveal: () => text,
    ageMs: Math.max(now - at, 0),
    ...(holder !== undefined && { holder }),
  };
}

function holds(state: ClaimState, now: number, { fence }: Claim): boolean {
  return state.claim !== undefined && state.fence === fence && state.claim.until > now;
}

/** A clock that was set back makes no lease last for more than twice its time. */
function runs({ until, leaseMs }: NonNullable<ClaimState["claim"]>, now: number): boolean {
  return until > now && until - now <= leaseMs * 2;
}
