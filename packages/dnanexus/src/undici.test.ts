import * as undici from "undici";
import * as undici7 from "undici-7";
import { expect, it } from "vitest";

import { canary, fakeDNAnexus } from "./fixtures/sandbox.ts";
import { dnanexus } from "./index.ts";
import { authInterceptor } from "./undici.ts";

// The peer range says both.
it.each([
  ["8", undici],
  ["7", undici7 as unknown as typeof undici],
])(
  "adds the token to requests for the API server through undici %s, and to no others",
  async (_, { Agent, request }) => {
    const [fake, foreign] = [await fakeDNAnexus(), await fakeDNAnexus()];
    const agent = new Agent();
    const dispatcher = agent.compose(authInterceptor(dnanexus({ env: fake.environment(canary) })));
    const init = {
      dispatcher,
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "{}",
    } as const;
    const answer = await request(`${fake.url}/system/whoami`, init);
    expect(await answer.body.json()).toEqual({ id: "user-alice" });
    const elsewhere = await request(`${foreign.url}/system/whoami`, init);
    expect(elsewhere.statusCode).toBe(401);
    await elsewhere.body.dump();
    expect(foreign.requests[0]?.headers.authorization).toBeUndefined();
    await agent.close();
  },
);
