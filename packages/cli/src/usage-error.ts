/** A call that cannot be carried out as it was typed: exit code 2. Says what is wrong, and what to type. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The person left a question with Ctrl-C. */
export class Cancelled extends Error {
  override readonly name = "Cancelled";
}
