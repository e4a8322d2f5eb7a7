import type { Protocol } from "./protocol.ts";

/**
 * The token and nothing else: Claude Code's `apiKeyHelper`, and with a prefix pnpm's `tokenHelper`, which wants the whole
 * value of the header.
 */
export const tokenHelper: Protocol = async ({ auth, prefix }) => `${prefix}${(await auth.token()).reveal()}`;
