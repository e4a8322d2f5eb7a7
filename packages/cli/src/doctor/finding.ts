/** One line of the doctor's. */
export interface Finding {
  /** What was looked at: `runtime`, `proxy`, `name`. */
  readonly check: string;
  readonly outcome: "ok" | "warning" | "failed";
  /** What was seen, in one sentence. */
  readonly detail: string;
  /** What to do, in one imperative sentence. Absent where it is well. */
  readonly remedy?: string;
}

export function ok(check: string, detail: string): Finding {
  return { check, outcome: "ok", detail };
}

export function warning(check: string, detail: string, remedy: string): Finding {
  return { check, outcome: "warning", detail, remedy };
}

export function failed(check: string, detail: string, remedy: string): Finding {
  return { check, outcome: "failed", detail, remedy };
}
