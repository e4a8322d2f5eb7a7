import { bare, carried, echoed } from "./echoed.ts";
import type { Ground } from "./ground.ts";
import { canary, nextCanary, same } from "./suite.ts";

export async function checkRequests({ check, own, foreign, acme }: Ground): Promise<void> {
  await check("fetch adds the header: relative and absolute addresses, URL and Request", async () => {
    const auth = acme();
    same(await echoed(auth.fetch("/echo?a=1")), carried);
    same(await echoed(auth.fetch("echo")), carried);
    same(await echoed(auth.fetch(`${own}/echo`)), carried);
    same(await echoed(auth.fetch(new URL(`${own}/echo`))), carried);
    same(await echoed(auth.fetch(new Request(`${own}/echo`, { method: "POST", body: "text" }))), carried);
  });

  await check("fetch sends foreign requests bare", async () => {
    const auth = acme();
    same(await echoed(auth.fetch(`${foreign}/echo`)), bare);
    same(await echoed(auth.fetch(`${foreign}/echo`, { headers: { "x-api-key": "own" } })), {
      ...bare,
      key: "own",
    });
  });

  await check("headers() gives the headers that a URL may carry", async () => {
    const auth = acme();
    same(await auth.headers(`${own}/any`), { authorization: `Bearer ${canary}` });
    same(await auth.headers(`${foreign}/any`), {});
  });

  await check("a header of the caller's own wins, whatever its case", async () => {
    const response = acme().fetch("/echo", { headers: { AUTHORIZATION: "Basic own" } });
    same(await echoed(response), { ...bare, authorization: "Basic own" });
  });

  await check("after a 401 the sources are asked again, and the request is sent once more", async () => {
    const given = [canary, nextCanary];
    const reasons: string[] = [];
    const auth = acme({ token: ({ reason }) => (reasons.push(reason), given.shift()) });
    const response = await auth.fetch(`/accepts?token=${nextCanary}`, { method: "POST", body: "again" });
    same([response.status, await response.text(), reasons], [200, "again", ["initial", "rejected"]]);
  });

  await check("a 401 is handed back where the sources have nothing else", async () => {
    let asked = 0;
    const auth = acme({ token: () => (asked++, canary) });
    same([(await auth.fetch(`/accepts?token=other`)).status, asked], [401, 2]);
  });
}
