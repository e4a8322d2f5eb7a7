/** One line of the table. */
export interface Row {
  readonly what: string;
  readonly measured: string;
  readonly budget: string;
  /** The number, where it is the same on every machine and so is compared with that of before. */
  readonly count?: number;
  /** `over`: above the budget, and told. `fails`: what ends the run with status 1. */
  readonly verdict: "within" | "over" | "fails" | "told";
}

interface Limits {
  readonly budget: number;
  /** For what a busy machine decides too: above it, the row fails. */
  readonly limit?: number;
  readonly shown?: string;
}

/** A row for a number that ought to be within its budget. A count without a limit of its own fails when it is over and has grown. */
export function atMost(what: string, measured: number, { budget, limit, shown }: Limits): Row {
  const isFar = limit !== undefined && measured > limit;
  const verdict = measured <= budget ? "within" : isFar ? "fails" : "over";
  return {
    what,
    measured: shown ?? `${measured}`,
    budget: limit === undefined ? `≤ ${budget}` : `≤ ${budget}, fails above ${limit}`,
    ...(limit === undefined && { count: measured }),
    verdict,
  };
}

/** A row for a count that must be met exactly. */
export function exactly(what: string, measured: string | number, budget: string | number): Row {
  return {
    what,
    measured: `${measured}`,
    budget: `${budget}`,
    verdict: measured === budget ? "within" : "fails",
  };
}

/** A row for a number without a budget; a count is compared with that of before. */
export function told(what: string, measured: string | number): Row {
  const count = typeof measured === "number" ? { count: measured } : {};
  return { what, measured: `${measured}`, budget: "–", ...count, verdict: "told" };
}
