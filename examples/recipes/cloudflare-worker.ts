// Cloudflare Workers. Secrets are bindings of each request, not variables of a process: pass them as `env`. An auth for each
// request costs next to nothing, and shares no promise between requests, which Workers would not allow.
import { pylon } from "@auth/pylon";

/** Set by `npx wrangler secret put PYLON_API_TOKEN`. Not under `vars`, which anybody can read who sees the configuration. */
interface Bindings {
  readonly PYLON_API_TOKEN: string;
  /** For tests. */
  readonly PYLON_BASE_URL?: string;
}

export default {
  async fetch(request: Request, { PYLON_API_TOKEN, PYLON_BASE_URL }: Bindings): Promise<Response> {
    const auth = pylon({ env: { PYLON_API_TOKEN }, baseUrl: PYLON_BASE_URL });
    const { searchParams } = new URL(request.url);
    const limit = Number(searchParams.get("limit") ?? 10);
    // A path of our own making: what a visitor writes must not decide where the token goes.
    const { status, body } = await auth.fetch(`/issues?limit=${limit}`, { signal: request.signal });
    return new Response(body, { status, headers: { "content-type": "application/json" } });
  },
};
