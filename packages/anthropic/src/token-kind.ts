/**
 * What a token of Anthropic's is, by how it begins. `key`: an API key of a workspace, or whatever a gateway gives out.
 * `admin`: a key for the organization's own affairs. `oauth`: a short-lived token of a login or of a workload.
 */
export type AnthropicTokenKind = "key" | "admin" | "oauth";

/** The kind of a token. Only a beginning is looked at: lengths are not documented, and gateways have forms of their own. */
export function kindOf(token: string): AnthropicTokenKind {
  if (token.startsWith("sk-ant-oat")) return "oauth";
  // `api01` looks like an API key, and is a scoped key of a Claude Enterprise organization.
  return /^sk-ant-(?:admin|api01-)/.test(token) ? "admin" : "key";
}
