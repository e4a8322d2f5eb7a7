import type { Auth, Identity, Verification } from "@auth/core";

/**
 * Verifies where it is beside the point whether that succeeds: an answer that is not understood is a matter for the rule
 * `accepted-answer`, and one wrong fact should not break them all.
 */
export function verifyAnyhow(auth: Auth): Promise<Verification<Identity> | undefined> {
  return auth.verify().catch(() => undefined);
}
