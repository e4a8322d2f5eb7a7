import { randomBytes } from "node:crypto";

import type { FakeScope } from "./token-store.ts";

/** What an authorization code was given for. */
interface CodeGrant {
  readonly userId: string;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly scope: FakeScope;
}

/** Codes that were given and not exchanged. */
export interface AuthorizationCodes {
  issue(grant: CodeGrant): string;
  /** What a code was given for. It is good for one exchange, and for a minute. */
  take(code: string): CodeGrant | undefined;
}

/** How long the real service's codes live is not documented. Milliseconds. */
const lifeMs = 60_000;

export function createAuthorizationCodes(now: () => number): AuthorizationCodes {
  const grants = new Map<string, CodeGrant & { readonly expiresAt: number }>();
  return {
    issue(grant) {
      const code = randomBytes(16).toString("hex");
      grants.set(code, { ...grant, expiresAt: now() + lifeMs });
      return code;
    },
    take(code) {
      const grant = grants.get(code);
      grants.delete(code);
      return grant !== undefined && grant.expiresAt > now() ? grant : undefined;
    },
  };
}
