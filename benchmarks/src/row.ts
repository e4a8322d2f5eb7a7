/** One line of the table. */
export interface Row {
  readonly what: string;
  readonly measured: string;
  readonly budget: string;
  /** `over`: above the budget, and told. `fails`: above the limit, which ends the run with status 1. */
  readonly verdict: "within" | "over" | "fails" | "told";
}

/**
 * A row for a number that ought to be within its budget and must be within its limit. The two differ for times, which a
 * busy machine decides too, and for what is known to be over: its limit keeps it from growing.
 */
export function atMost(
  what: string,
  measured: number,
  {
    budget,
    limit = budget,
    unit = "",
    shown,
  }: { budget: number; limit?: number; unit?: string; shown?: string },
): Row {
  const verdict = measured <= budget ? "within" : measured <= limit ? "over" : "fails";
  const until = limit === budget ? "" : `, fails above ${limit}${unit}`;
  return { what, measured: shown ?? `${measured}${unit}`, budget: `≤ ${budget}${unit}${until}`, verdict };
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

/** A row for a number without a budget. */
export function told(what: string, measured: string): Row {
  return { what, measured, budget: "–", verdict: "told" };
}
