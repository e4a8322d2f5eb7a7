import { UsageError } from "../usage-error.ts";
import type { Protocol } from "./protocol.ts";

/**
 * Bazel's credential helper: `get` with `{ "uri" }` on standard input, answered by `{ "headers": { name: [value] }, "expires"? }`.
 * A foreign URI gets `{}`.
 *
 * @see https://github.com/EngFlow/credential-helper-spec (read 2026-11)
 */
export const bazelHelper: Protocol = async ({ auth, operands: [operation], input }) => {
  if (operation !== "get") throw new UsageError("Bazel asks with get: … helper bazel get");
  const uri = uriIn(await input());
  const headers = Object.entries(await auth.headers(uri));
  if (headers.length === 0) return "{}";
  const { expiresAt } = await auth.token();
  return JSON.stringify({
    headers: Object.fromEntries(headers.map(([name, value]) => [name, [value]])),
    ...(expiresAt !== undefined && { expires: new Date(expiresAt).toISOString() }),
  });
};

function uriIn(text: string): string {
  let asked: unknown;
  try {
    asked = JSON.parse(text);
  } catch {
    asked = undefined;
  }
  const uri = typeof asked === "object" && asked !== null && "uri" in asked ? asked.uri : undefined;
  // A text that is no absolute URL would be taken for a path of the service.
  if (typeof uri !== "string" || !URL.canParse(uri))
    throw new UsageError('Standard input holds no {"uri": "https://…"}.');
  return uri;
}
