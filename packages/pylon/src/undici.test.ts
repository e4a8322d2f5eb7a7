import { Agent, request } from "undici";
import { expect, it } from "vitest";

import { canary, fakePylon } from "./fixtures/pylon-on-loopback.ts";
import { pylon } from "./index.ts";
import { authInterceptor } from "./undici.ts";

it("sends the token to Pylon through an undici dispatcher, and to nothing else", async () => {
  const fake = await fakePylon();
  const auth = pylon({ baseUrl: fake.url, token: canary });
  const dispatcher = new Agent().compose(authInterceptor(auth));
  const { statusCode, body } = await request(`${fake.url}/accounts`, { dispatcher });
  await body.dump();
  expect(statusCode).toBe(200);
  const foreign = await request(`${fake.euUrl}/accounts`, { dispatcher });
  await foreign.body.dump();
  expect(foreign.statusCode).toBe(401);
  expect(fake.requests.map(({ headers }) => "authorization" in headers)).toEqual([true, false]);
});
