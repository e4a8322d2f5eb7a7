import { dnanexus, type Explanation, formatExplanation } from "@auth/dnanexus";
import { startFakeDNAnexus } from "@auth/dnanexus/testing";
import { pylon } from "@auth/pylon";
import { startFakePylon } from "@auth/pylon/testing";

/** The providers that can be asked about. */
export const targets = ["pylon", "dnanexus"] as const;
export type Target = (typeof targets)[number];

export interface Inspection {
  readonly providers: readonly Target[];
  /** The real environment and the real services, instead of those on loopback. */
  readonly live: boolean;
  readonly json: boolean;
  /** Whether the services are asked. */
  readonly verify: boolean;
}

/** Prints how each provider comes to its token. Gives the exit code: 0 only if each has one, and a good one if asked. */
export async function inspectAuths({ providers, live, json, verify }: Inspection): Promise<number> {
  const explanations = live
    ? await explainAll(providers, { pylon: pylon(), dnanexus: dnanexus() }, verify)
    : await onLoopback(providers, verify);
  console.log(
    json ? JSON.stringify(explanations, null, 2) : explanations.map(formatExplanation).join("\n\n"),
  );
  return explanations.every(({ outcome }) => outcome !== "failed") ? 0 : 1;
}

interface Explainable {
  explain(options: { readonly verify: boolean }): Promise<Explanation>;
}

function explainAll(
  providers: readonly Target[],
  auths: Record<Target, Explainable>,
  verify: boolean,
): Promise<Explanation[]> {
  return Promise.all(providers.map((provider) => auths[provider].explain({ verify })));
}

async function onLoopback(providers: readonly Target[], verify: boolean): Promise<Explanation[]> {
  const token = "made-for-this-run";
  await using fakePylon = await startFakePylon({ tokens: { [token]: {} } });
  await using fakeDNAnexus = await startFakeDNAnexus({ tokens: { [token]: "alice" } });
  const auths = {
    pylon: pylon({ baseUrl: fakePylon.url, env: { PYLON_API_TOKEN: token } }),
    dnanexus: dnanexus({ env: fakeDNAnexus.environment(token) }),
  };
  // Awaited here: the services end with this function.
  return await explainAll(providers, auths, verify);
}
