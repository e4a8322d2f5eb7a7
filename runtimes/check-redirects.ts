import { bare, carried, echoed } from "./echoed.ts";
import type { Ground } from "./ground.ts";
import { canary, same } from "./suite.ts";

export async function checkRedirects({ check, own, foreign, acme }: Ground): Promise<void> {
  const apiKey = { inject: { header: "x-api-key", format: (token: string) => token } };
  for (const [header, setup] of [
    ["authorization", {}],
    ["x-api-key", apiKey],
  ] as const) {
    for (const status of [301, 302, 303, 307, 308]) {
      await check(`a redirect (${status}) to a foreign origin does not take ${header} along`, async () => {
        const path = `/stranger-${header}-${status}`;
        const to = encodeURIComponent(foreign + path);
        const response = await acme({}, setup).fetch(`/redirect?status=${status}&to=${to}`);
        same(await response.json(), bare);
        same([response.redirected, response.url], [true, foreign + path]);
        same(await arrivedAt(foreign, path), [bare]);
      });
    }

    await check(`${header} does not come back with a redirect that returns`, async () => {
      const path = `/back-${header}`;
      const back = encodeURIComponent(own + path);
      const there = encodeURIComponent(`${foreign}/redirect?to=${back}`);
      same(await echoed(acme({}, setup).fetch(`/redirect?to=${there}`)), bare);
      same(await arrivedAt(own, path), [bare]);
      same(await arrivedAt(foreign, "/redirect").then((all) => (all as unknown[]).at(-1)), bare);
    });

    await check(`${header} stays with a redirect inside the origin`, async () => {
      const expected = header === "authorization" ? carried : { authorization: null, key: canary };
      same(await echoed(acme({}, setup).fetch("/redirect?to=/echo")), expected);
    });
  }
}

/** What the requests carried that came to a path, as the service saw them. */
function arrivedAt(origin: string, path: string): Promise<unknown> {
  return echoed(fetch(`${origin}/arrived?path=${path}`));
}
