import { type Identity, ownProperties } from "@auth/core";

/** The client that a token was made for. */
export interface QuarryIdentity extends Identity {
  readonly kind: "client";
  readonly workspaceId?: string;
}

/** Reads the answer of `GET /v1/me`. Only the client's id is needed. */
export function identify(body: unknown): QuarryIdentity | undefined {
  const { client, workspace } = ownProperties(
    body as { readonly client?: unknown; readonly workspace?: unknown },
  );
  const { id, name } = ownProperties(client as { readonly id?: unknown; readonly name?: unknown });
  if (typeof id !== "string" || id === "") return undefined;
  return {
    kind: "client",
    id,
    ...(typeof name === "string" && { label: name }),
    ...(typeof workspace === "string" && { workspaceId: workspace }),
  };
}
