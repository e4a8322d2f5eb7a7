import { type Auth, defineProvider, header, type HeaderInjection } from "@auth/core";
import {
  type LoopbackAnswer,
  type LoopbackRequest,
  type LoopbackServer,
  startLoopbackServer,
} from "@auth/testing/loopback";
import { describe, expect, it, onTestFinished } from "vitest";

import { axiosWith } from "../axios-http.ts";
import { gotWith } from "../got.ts";

/** The token of these tests. It may not show up in anything that a program prints. */
const canary = "canary-pylon-9c2e7a4f1d6b3058";

async function serve(
  answer: (request: LoopbackRequest) => LoopbackAnswer = () => ({ body: {} }),
): Promise<LoopbackServer> {
  const server = await startLoopbackServer(answer);
  onTestFinished(() => server.close());
  return server;
}

const clients: readonly [
  string,
  (auth: Auth) => (url: string, headers?: Record<string, string>) => Promise<unknown>,
][] = [
  [
    "axios",
    (auth) =>
      (url, headers = {}) =>
        axiosWith(auth).get(url, { headers }),
  ],
  [
    "got",
    (auth) =>
      (url, headers = {}) =>
        gotWith(auth)(auth.baseUrl + url, { headers }),
  ],
];
const injections: readonly [string, HeaderInjection | undefined, string][] = [
  ["authorization", undefined, `Bearer ${canary}`],
  ["x-api-key", header("x-api-key"), canary],
];

describe.each(clients)("%s", (_, clientOf) => {
  describe.each(injections)("with a token in %s", (name, inject, value) => {
    function authOf(baseUrl: string): Auth {
      const acme = defineProvider({
        specVersion: 1,
        id: "acme",
        name: "Acme",
        setup: () => ({
          baseUrl,
          sources: [],
          verify: { path: "/me", identify: () => undefined },
          ...(inject && { inject }),
        }),
      });
      return acme({ token: canary });
    }
    const carried = (server: LoopbackServer) => server.requests.map(({ headers }) => headers[name]);

    it("keeps it on redirects inside the origin", async () => {
      const own = await serve(({ path }) =>
        path === "/" ? {} : { status: 302, headers: { location: "/" } },
      );
      await clientOf(authOf(own.url))("/first");
      expect(carried(own)).toEqual([value, value]);
    });

    it.each([301, 302, 303, 307, 308])("takes it to no other origin on a redirect (%i)", async (status) => {
      const foreign = await serve();
      const own = await serve(() => ({ status, headers: { location: `${foreign.url}/there` } }));
      await clientOf(authOf(own.url))("/first");
      expect([carried(own), carried(foreign)]).toEqual([[value], [undefined]]);
    });

    it("does not bring it back when the redirects return", async () => {
      const urls = { own: "" };
      const foreign = await serve(() => ({ status: 302, headers: { location: `${urls.own}/` } }));
      const own = await serve(({ path }) =>
        path === "/" ? {} : { status: 302, headers: { location: foreign.url } },
      );
      urls.own = own.url;
      await clientOf(authOf(own.url))("/first");
      expect([carried(own), carried(foreign)]).toEqual([[value, undefined], [undefined]]);
    });

    it("lets a header of the caller's win", async () => {
      const own = await serve();
      await clientOf(authOf(own.url))("/first", { [name.toUpperCase()]: "my own" });
      expect(carried(own)).toEqual(["my own"]);
    });
  });
});
