import { type Identity, own } from "@auth/core";

/** The project that a key belongs to. */
export interface TesseraIdentity extends Identity {
  readonly kind: "project";
  /** What the key may do. */
  readonly scopes: readonly string[];
}

/** Reads the answer of `GET /v1/key`. Only the project's id is needed. */
export function identify(body: unknown): TesseraIdentity | undefined {
  const { key } = own(body as { readonly key?: unknown });
  const { project, scopes } = own(key as { readonly project?: unknown; readonly scopes?: unknown });
  const { id, name } = own(project as { readonly id?: unknown; readonly name?: unknown });
  if (typeof id !== "string" || id === "") return undefined;
  return {
    kind: "project",
    id,
    ...(typeof name === "string" && { label: name }),
    scopes: Array.isArray(scopes) ? scopes.filter((scope) => typeof scope === "string") : [],
  };
}
