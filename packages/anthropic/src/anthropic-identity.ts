import { type Identity, ownText } from "@auth/core";

/** The organization that a token works in. Anthropic does not tell which key it is, or whose. */
export interface AnthropicIdentity extends Identity {
  readonly kind: "organization";
  /** The organization's UUID. */
  readonly id: string;
  /** The organization's name, which only an admin key is told. */
  readonly label?: string;
  /** The workspace that the key belongs to (`wrkspc_…`). Absent for an admin key, which belongs to none. */
  readonly workspaceId?: string;
}

/**
 * Reads the headers of an answer to an API key: the list of models names nobody, and is all that every such key may ask for.
 *
 * @see https://platform.claude.com/docs/en/api/overview (read 2026-11)
 */
export function identifyKey(
  _body: unknown,
  { headers }: { readonly headers: Headers },
): AnthropicIdentity | undefined {
  const id = headers.get("anthropic-organization-id")?.trim();
  if (!id) return undefined;
  const workspaceId = headers.get("anthropic-workspace-id")?.trim();
  return { kind: "organization", id, ...(workspaceId && { workspaceId }) };
}

/**
 * Reads the answer of `GET /v1/organizations/me`.
 *
 * @see https://platform.claude.com/docs/en/manage-claude/administration-api (read 2026-11)
 */
export function identifyAdmin(body: unknown): AnthropicIdentity | undefined {
  const id = ownText(body, "id");
  if (id === undefined) return undefined;
  const label = ownText(body, "name");
  return { kind: "organization", id, ...(label !== undefined && { label }) };
}
