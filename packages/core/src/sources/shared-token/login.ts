import { hashOf, type KnownGeneration } from "../../stores/generation.ts";
import { createToken, type Token } from "../../token/token.ts";
import type { SourceContext, Unavailable } from "../source.ts";
import { refusedBefore, usedUp } from "../trade.ts";
import { isNewLogin, type ProcessMemory } from "./process-memory.ts";
import type { SharedToken } from "./shared-token.ts";

/** What a person put in place, as far as it could be read. */
export type Login =
  | { readonly outcome: "found"; readonly token: Token; readonly hash: string }
  | { readonly outcome: "failed"; readonly error: unknown }
  | Unavailable;

export async function readLogin(
  { readMaterial, key }: SharedToken,
  context: SourceContext,
): Promise<Login | undefined> {
  if (readMaterial === undefined) return undefined;
  try {
    const material = await readMaterial(context);
    if ("outcome" in material) return material;
    return { outcome: "found", token: material, hash: await hashOf(key, material.reveal()) };
  } catch (error) {
    context.signal.throwIfAborted();
    // Told where the material is needed: what the store holds may do.
    return { outcome: "failed", error };
  }
}

/** The hash of a login that could be read. */
export function hashOfLogin(login: Login | undefined): string | undefined {
  return login?.outcome === "found" ? login.hash : undefined;
}

/** What to make the token after `base` of. Throws where the service refused it for good. */
export async function materialAfter(
  base: KnownGeneration | undefined,
  login: Login | undefined,
  from: {
    readonly plan: SharedToken;
    readonly storeName: string;
    readonly memory: ProcessMemory;
    readonly context: SourceContext;
  },
): Promise<Token | Unavailable | undefined> {
  if (login === undefined) return undefined;
  const { plan, storeName, memory, context } = from;
  const rotated = base?.next !== undefined && !isNewLogin(base, hashOfLogin(login));
  if (!rotated && login.outcome === "failed") throw login.error;
  if (!rotated && login.outcome === "unavailable") return login;
  const token = login.outcome === "found" ? login.token : undefined;
  const material = rotated ? createToken(base.next, token?.source ?? storeName) : (token as Token);
  const { refused } = memory;
  if (refused.size > 0 && refused.has(await hashOf(plan.key, material.reveal()))) {
    const { source } = material;
    throw base?.died === true
      ? usedUp(context.provider ?? plan.name, source)
      : refusedBefore(context.provider ?? plan.name, source);
  }
  return material;
}
