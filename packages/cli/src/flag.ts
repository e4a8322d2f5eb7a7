/** An option of the command line, as commander reads it. */
export interface Flag {
  /** `--region <region>`, `--force`. */
  readonly flags: string;
  /** One clause, in lower case, without a full stop. */
  readonly description: string;
  /** The values that there are. Anything else is a usage error. */
  readonly choices?: readonly string[];
  /** Whether it may be typed more than once. */
  readonly repeats?: true;
}
