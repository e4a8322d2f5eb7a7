import { expect, it } from "vitest";

import { acmeAt, canary, serve } from "./fixtures/acme.ts";
import { formatExplanation, fromEnv } from "./index.ts";

it("shows a person where the token came from and whom it speaks for", async () => {
  const server = await serve(() => ({ body: { id: "user-1" } }));
  const auth = acmeAt(server.url, { sources: [fromEnv("A", "B", "LONGER")] })({
    env: { B: canary, LONGER: "other" },
  });
  expect(formatExplanation(await auth.explain({ verify: true }))).toBe(
    [
      "acme: the token from env B is accepted",
      `  address   ${server.url}`,
      "  identity  user user-1",
      "  looked in – env A       unavailable: A is not set",
      "            ✓ env B       used",
      "            · env LONGER  not tried",
      "  warning   env LONGER holds another token, which is not used: env B comes first.",
    ].join("\n"),
  );
});

it("shows a person what to do where there is none", async () => {
  expect(formatExplanation(await acmeAt("https://api.acme.example")({ env: {} }).explain())).toBe(
    [
      "acme: there is no token to use",
      "  address   https://api.acme.example",
      "  looked in – env ACME_TOKEN  unavailable: ACME_TOKEN is not set",
      "  problem   AUTH_TOKEN_NOT_FOUND: No token was found: ACME_TOKEN is not set. Set ACME_TOKEN to a token. " +
        "Tokens are made at https://acme.example/settings/tokens",
    ].join("\n"),
  );
});

it("tells a token that was not asked about from one that was refused", async () => {
  const server = await serve(() => ({ status: 401 }));
  const auth = acmeAt(server.url)({ token: canary });
  const [first] = formatExplanation(await auth.explain()).split("\n");
  expect(first).toBe("acme: a token was found in option token; the service was not asked");
  expect(formatExplanation(await auth.explain({ verify: true }))).toMatch(
    /^acme: the token from option token is refused \(AUTH_TOKEN_REJECTED\)$/m,
  );
});

it("tells what is wrong with the set-up from a missing token, and an outage from a refusal", async () => {
  const headlineOf = async (auth: ReturnType<ReturnType<typeof acmeAt>>): Promise<string | undefined> =>
    formatExplanation(await auth.explain({ verify: true })).split("\n")[0];
  expect(await headlineOf(acmeAt("http://acme.example")())).toBe("acme: it cannot be used as it is set up");
  const server = await serve();
  await server.close();
  expect(await headlineOf(acmeAt(server.url)({ token: canary }))).toBe(
    "acme: the token from option token could not be checked (AUTH_UNREACHABLE)",
  );
});
