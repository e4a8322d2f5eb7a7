import * as undici from "undici";
import * as undici7 from "undici-7";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";

import { canary } from "./fixtures/pylon-on-loopback.ts";
import { pylon } from "./index.ts";
import { type FakePylon, startFakePylon } from "./testing/index.ts";
import { authInterceptor } from "./undici.ts";

// The peer range says both. Of 7, which knows no list of headers to strip, `authorization` is what counts: Pylon's.
describe.each([
  ["8", undici],
  ["7", undici7 as unknown as typeof undici],
])("through a dispatcher of undici %s", (_, { Agent, interceptors, request }) => {
  let fake: FakePylon;
  beforeEach(async () => void (fake = await startFakePylon({ tokens: { [canary]: {} } })));
  afterEach(() => fake.close());

  const arrived = (): unknown[] =>
    fake.requests.map(({ region, headers }) => [region, "authorization" in headers]);
  const dispatcher = new Agent();
  afterAll(() => dispatcher.close());

  async function statusOf(url: string, composed: undici.Dispatcher): Promise<number> {
    const { statusCode, body } = await request(url, { dispatcher: composed });
    await body.dump();
    return statusCode;
  }

  it("the token is sent to Pylon, and to nothing else", async () => {
    const composed = dispatcher.compose(authInterceptor(pylon({ baseUrl: fake.url, token: canary })));
    expect(await statusOf(`${fake.url}/accounts`, composed)).toBe(200);
    expect(await statusOf(`${fake.euUrl}/accounts`, composed)).toBe(401);
    expect(arrived()).toEqual([
      ["us", true],
      ["eu", false],
    ]);
  });

  it("the token goes along with no redirect to another origin, on whichever side of the redirects", async () => {
    const auth = authInterceptor(pylon({ baseUrl: fake.url, token: canary }));
    const redirects = interceptors.redirect({ maxRedirections: 2 });
    for (const composed of [dispatcher.compose(auth, redirects), dispatcher.compose(redirects, auth)]) {
      const before = fake.requests.length;
      fake.script("GET /me", { status: 302, headers: { location: `${fake.euUrl}/me` }, region: "us" });
      expect(await statusOf(`${fake.url}/me`, composed)).toBe(401);
      expect(arrived().slice(before)).toEqual([
        ["us", true],
        ["eu", false],
      ]);
    }
  });

  it("a token that Pylon refuses is replaced by the next one, and the request is sent again", async () => {
    const tokens = ["no-longer-valid", canary];
    const auth = pylon({ baseUrl: fake.url, token: () => tokens.shift() });
    expect(await statusOf(`${fake.url}/me`, dispatcher.compose(authInterceptor(auth)))).toBe(200);
  });
});
