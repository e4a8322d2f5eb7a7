// What the README says of a header that is set by hand, and of an auth beside it.
import { inspect } from "node:util";

import { pylon } from "@auth/pylon";
import { startLoopbackServer } from "@auth/testing/loopback";
import ky from "ky";
import { expect, it } from "vitest";

const secret = "canary-pylon-6f0c2c1e7d0e4c2b";

/** A service that sends every request on to another origin, and what that origin saw. */
async function redirecting() {
  const other = await startLoopbackServer(() => ({}));
  const service = await startLoopbackServer(() => ({ status: 302, headers: { location: other.url } }));
  return {
    other,
    service,
    [Symbol.asyncDispose]: async () => void (await Promise.all([other.close(), service.close()])),
  };
}

it("fetch takes a header of its own name to another host, and an auth does not", async () => {
  await using byHand = await redirecting();
  await fetch(byHand.service.url, { headers: { "x-api-key": secret } });
  expect(byHand.other.requests[0]?.headers["x-api-key"]).toBe(secret);

  await using withAuth = await redirecting();
  await pylon({ token: secret, baseUrl: withAuth.service.url }).fetch("/");
  expect(withAuth.service.requests[0]?.headers.authorization).toBe(`Bearer ${secret}`);
  expect(JSON.stringify(withAuth.other.requests)).not.toContain(secret);
});

it("a default header goes wherever a link leads, and an auth's does not", async () => {
  await using other = await startLoopbackServer(() => ({}));
  await ky.create({ headers: { authorization: `Bearer ${secret}` } }).get(other.url);
  expect(other.requests[0]?.headers.authorization).toBe(`Bearer ${secret}`);

  const auth = pylon({ token: secret });
  await ky.create({ baseUrl: auth.baseUrl, fetch: auth.fetch }).get(other.url);
  expect(other.requests[1]?.headers).not.toHaveProperty("authorization");
});

it("ky's error prints the header, and not under an auth", async () => {
  await using service = await startLoopbackServer(() => ({ status: 404 }));
  const byHand = await ky
    .get(service.url, { headers: { authorization: `Bearer ${secret}` } })
    .catch((error: unknown) => error);
  expect(inspect(byHand)).toContain(secret);

  const auth = pylon({ token: secret, baseUrl: service.url });
  const withAuth = await ky.get(`${service.url}/`, { fetch: auth.fetch }).catch((error: unknown) => error);
  expect(inspect(withAuth, { depth: 9 })).toContain("HTTPError");
  expect(inspect(withAuth, { depth: 9 })).not.toContain(secret);
});

it("a hook that fetches a missing token does so for each caller, and an auth once", async () => {
  await using service = await startLoopbackServer(() => ({}));
  let [logins, token]: [number, string | undefined] = [0, undefined];
  const login = async (): Promise<string> => {
    logins += 1;
    await new Promise((resolve) => setImmediate(resolve));
    return secret;
  };
  const byHand = ky.create({
    hooks: {
      beforeRequest: [
        async ({ request }) => {
          request.headers.set("authorization", `Bearer ${(token ??= await login())}`);
        },
      ],
    },
  });
  const callers = 200;
  await Promise.all(Array.from({ length: callers }, () => byHand.get(service.url)));
  expect(logins).toBe(callers);

  logins = 0;
  const auth = pylon({ token: login, baseUrl: service.url });
  await Promise.all(Array.from({ length: callers }, () => auth.fetch("/")));
  expect(logins).toBe(1);
});
