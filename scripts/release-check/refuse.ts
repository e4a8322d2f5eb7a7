/** Stops the release, where there is anything to say. */
export function refuse(problems: readonly string[]): void {
  if (problems.length > 0) throw new Error(problems.join("\n"));
}

/** What work says that fails, under a sentence of one's own. */
export async function problemsOf(work: Promise<unknown>, said?: string): Promise<readonly string[]> {
  try {
    await work;
    return [];
  } catch (error) {
    return [[said, error instanceof Error ? error.message : String(error)].filter(Boolean).join("\n")];
  }
}
