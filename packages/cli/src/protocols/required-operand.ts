import { UsageError } from "../usage-error.ts";

/** The first operand, which the protocol cannot do without. */
export function requiredOperand([operand]: readonly string[], what: string): string {
  if (operand === undefined || operand === "")
    throw new UsageError(`${what} is missing behind the protocol's name.`);
  return operand;
}
