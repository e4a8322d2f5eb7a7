// What workerd runs: all checks at /checks, and at /shared a request that uses an auth which other requests use too.
import { type Auth, defineProvider } from "@auth/core";

import { checkEverywhere } from "./check-everywhere.ts";
import type { Site } from "./ground.ts";
import { createSuite } from "./suite.ts";

const shared = new Map<string, Auth>();

async function answer(request: Request): Promise<Response> {
  const { pathname, searchParams } = new URL(request.url);
  const site = JSON.parse(searchParams.get("site") ?? "") as Site;
  if (pathname === "/checks") {
    const suite = createSuite();
    await checkEverywhere(suite, site);
    return Response.json(suite.outcomes);
  }
  const name = searchParams.get("name") ?? "";
  const auth = shared.get(name) ?? createShared(site, searchParams.get("token"));
  shared.set(name, auth);
  const giveUpMs = searchParams.get("giveUpMs");
  try {
    return await auth.fetch(
      "/echo",
      giveUpMs === null ? {} : { signal: AbortSignal.timeout(Number(giveUpMs)) },
    );
  } catch (error) {
    return new Response(String(error), { status: 500 });
  }
}

/** Its token comes over the network, and so by a promise that belongs to one request. */
function createShared({ own }: Site, token: string | null): Auth {
  const define = defineProvider({
    specVersion: 1,
    id: "acme",
    name: "Acme",
    setup: () => ({
      baseUrl: own,
      sources: [],
      verify: { path: "/me", identify: () => undefined },
    }),
  });
  return define({
    async token() {
      if (token === null) throw new Error("There is none today.");
      return (await fetch(`${own}/token?token=${token}`)).text();
    },
  });
}

// The form of a worker's module.
export default { fetch: answer };
