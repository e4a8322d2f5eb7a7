import type { Foreign } from "./foreign.ts";
import type { Finding } from "./step.ts";

/** A request to some other server, which is sent as any other and without the token. */
export async function foreignOrigin(
  auth: { readonly fetch: typeof fetch },
  foreign: Foreign,
  path: string,
): Promise<Finding> {
  const response = await auth.fetch(`${foreign.url}${path}`);
  return {
    source: "–",
    outcome: `${response.status} from ${foreign.url}, which got no token`,
    ok: response.ok && foreign.headersOf(path)?.["authorization"] === undefined,
  };
}
