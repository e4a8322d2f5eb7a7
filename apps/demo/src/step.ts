/** One line of the demo: what was done, where its token came from, and what came of it. */
export interface StepResult {
  readonly service: string;
  readonly step: string;
  /** Where the token came from; `–` where none was involved. */
  readonly source: string;
  readonly outcome: string;
  /** Whether it came out as it should. */
  readonly ok: boolean;
}

/** What a step finds out by itself. */
export type Finding = Pick<StepResult, "source" | "outcome" | "ok">;

/** A step that is still to be run. */
export interface Step {
  readonly service: string;
  readonly step: string;
  readonly run: () => Promise<Finding>;
}

/** Runs a step. What it throws makes it a step that came out wrong, and ends nothing. */
export async function runStep({ service, step, run }: Step): Promise<StepResult> {
  try {
    return { service, step, ...(await run()) };
  } catch (error) {
    const outcome = error instanceof Error ? error.message : "failed without saying why";
    return { service, step, source: "–", outcome, ok: false };
  }
}
