// Differs from basic.ts by where the token comes from: a service of one's own lends it for a while. It is asked for once
// for all who wait, again ahead of its expiry, and again when Pylon refuses it.
import { type AuthOptions, found, pylon, type TokenFunction, unavailable } from "@auth/pylon";

/** A token function, to be passed as the option `token`. */
export function fromVault(address: string): TokenFunction {
  return async ({ signal, fetch, now, reason }) => {
    const response = await fetch(`${address}/pylon?reason=${reason}`, { signal });
    if (response.status === 404) return unavailable("the vault has no token for Pylon", "Ask for access.");
    // Something is there and cannot be used: the search ends here, and no other token is tried.
    if (!response.ok) throw new Error(`the vault answered with status ${response.status}`);
    const lent = (await response.json()) as { token: string; expiresInMs: number };
    return found(lent.token, { expiresAt: now() + lent.expiresInMs });
  };
}

export async function issueTitles(vault: string, options: AuthOptions = {}): Promise<string[]> {
  const auth = pylon({ ...options, token: fromVault(vault) });
  const response = await auth.fetch("/issues?limit=10");
  const { data } = (await response.json()) as { data: { title: string }[] };
  return data.map(({ title }) => title);
}
