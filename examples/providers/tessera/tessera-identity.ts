import { type Identity, ownProperties } from "@auth/core";

/** The project that a key belongs to. */
export interface TesseraIdentity extends Identity {
  readonly kind: "project";
  /** What the key may do. */
  readonly scopes: readonly string[];
}

/** Reads the answer of `GET /v1/key`. Only the project's id is needed. */
export function identify(body: unknown): TesseraIdentity | undefined {
  const { key } = ownProperties(body as { readonly key?: unknown });
  const { project, scopes } = ownProperties(key as { readonly project?: unknown; readonly scopes?: unknown });
  const { id, name } = ownProperties(project as { readonly id?: unknown; readonly name?: unknown });
  if (typeof id !== "string" || id === "") return undefined;
  return {
    kind: "project",
    id,
    ...(typeof name === "string" && { label: name }),
    scopes: Array.isArray(scopes) ? scopes.filter((scope) => typeof scope === "string") : [],
  };
}
