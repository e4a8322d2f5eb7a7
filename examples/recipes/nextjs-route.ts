// Next.js, as `app/issues/route.ts`. Only on the server: a variable that begins with NEXT_PUBLIC_, or a component marked "use client",
// would put the token into everybody's browser. Next.js replaces `fetch` by one of its own that may keep answers and give
// them to the next caller, and that may ask while the site is built: `no-store` says that these are for one caller only.
import { type AuthOptions, isAuthError, pylon } from "@auth/pylon";

/** The route; with options, one for a test. */
export function issuesRoute(options: AuthOptions = {}): (request: Request) => Promise<Response> {
  const auth = pylon({
    fetch: (input, init) => fetch(input, { ...init, cache: "no-store" }),
    ...options,
  });
  return async ({ signal }) => {
    try {
      const response = await auth.fetch("/issues?limit=10", { signal });
      const { data } = (await response.json()) as { data: { title: string }[] };
      const titles = data.map(({ title }) => title);
      return Response.json(titles, {
        status: response.status,
        headers: { "cache-control": "private, no-store" },
      });
    } catch (error) {
      if (!isAuthError(error)) throw error;
      // The remedy names variables and files of the server: it belongs in the log, and the code is enough for the page.
      return Response.json({ code: error.code }, { status: 502 });
    }
  };
}

export const GET: (request: Request) => Promise<Response> = issuesRoute();
