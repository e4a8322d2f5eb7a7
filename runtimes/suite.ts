/** What became of one check. */
export interface Outcome {
  readonly name: string;
  /** Absent where it passed. */
  readonly problem?: string;
}

/** What came of the checks in a runtime, and what it printed meanwhile. */
export interface Printed {
  readonly outcomes: readonly Outcome[];
  readonly printed: string;
}

export interface Suite {
  readonly outcomes: readonly Outcome[];
  /** Runs a check, which fails by throwing. */
  check(name: string, body: () => unknown): Promise<void>;
}

/** The tokens of these checks. None of them may show in anything that a runtime prints. */
export const canary = "canary-acme-7d0c4b1e9f2a6358";
export const nextCanary = "canary-acme-1b8e5f3a0c7d9264";

/** Works in every runtime, where a test runner would not. */
export function createSuite(): Suite {
  const outcomes: Outcome[] = [];
  return {
    outcomes,
    async check(name, body) {
      try {
        await body();
        outcomes.push({ name });
      } catch (error) {
        const text = error instanceof Error ? (error.stack ?? String(error)) : String(error);
        outcomes.push({ name, problem: text.replaceAll(/canary-acme-\w+/g, "<a token>") });
      }
    },
  };
}

/** Throws unless both are the same as JSON. */
export function same(actual: unknown, expected: unknown): void {
  const [is, ought] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (is !== ought) throw new Error(`It is ${is}, and should be ${ought}.`);
}

/** What a promise rejects with. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  const nothing = Symbol("nothing");
  const error = await promise.then(
    () => nothing,
    (reason: unknown) => reason,
  );
  if (error === nothing) throw new Error("It was fulfilled, and should be rejected.");
  return error;
}
