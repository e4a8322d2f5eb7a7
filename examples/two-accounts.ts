// Differs from basic.ts by the number of auths: two accounts of one service, side by side in one program. Each auth has a
// token of its own, and nothing is shared between them.
import { type AuthOptions, pylon } from "@auth/pylon";

/** What the same question gives in both accounts. */
export async function titlesByAccount(options: AuthOptions = {}): Promise<Record<string, string[]>> {
  const support = pylon({ ...options, token: ({ env }) => env["PYLON_SUPPORT_TOKEN"] });
  const partners = pylon({ ...options, token: ({ env }) => env["PYLON_PARTNERS_TOKEN"] });

  const lists = [support, partners].map(async (auth) => {
    const { identity } = await auth.verify();
    const response = await auth.fetch("/issues?limit=10");
    const { data } = (await response.json()) as { data: { title: string }[] };
    return [identity.label ?? identity.id, data.map(({ title }) => title)] as const;
  });
  return Object.fromEntries(await Promise.all(lists));
}
