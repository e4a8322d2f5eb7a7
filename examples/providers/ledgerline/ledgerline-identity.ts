import { type Identity, ownProperties } from "@auth/core";

/** The user whose password it is. */
export interface LedgerlineIdentity extends Identity {
  readonly kind: "user";
  readonly email?: string;
}

/** Reads the answer of `GET users/current`. */
export function identify(body: unknown): LedgerlineIdentity | undefined {
  const { user } = ownProperties(body as { readonly user?: unknown });
  const { id, email, name } = ownProperties(
    user as { readonly id?: unknown; readonly email?: unknown; readonly name?: unknown },
  );
  if (!Number.isSafeInteger(id)) return undefined;
  return {
    kind: "user",
    id: String(id),
    ...(typeof name === "string" && { label: name }),
    ...(typeof email === "string" && { email }),
  };
}
