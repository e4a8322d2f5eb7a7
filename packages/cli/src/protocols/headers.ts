import { requiredOperand } from "./required-operand.ts";
import type { Protocol } from "./protocol.ts";

/** The headers of a URL as a JSON object; `{}` for a foreign one. */
export const headersHelper: Protocol = async ({ auth, operands }) =>
  JSON.stringify(await auth.headers(requiredOperand(operands, "the URL")));
