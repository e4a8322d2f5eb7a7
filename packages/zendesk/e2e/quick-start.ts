// The quick start of the README, run by scripts/package/check-package.mjs where only the packed package is installed, with
// Zendesk on loopback.
import process from "node:process";

import { formatExplanation, isAuthError, zendesk } from "@auth/zendesk";
import { startFakeZendesk } from "@auth/zendesk/testing";

await using fake = await startFakeZendesk({
  tokens: { "made-for-this-run": {} },
  apiTokens: ["an-api-token"],
});
process.env["ZENDESK_SUBDOMAIN"] = "acme";
process.env["ZENDESK_OAUTH_TOKEN"] = "made-for-this-run";

const auth = zendesk({ baseUrl: fake.url });
const { identity, token } = await auth.verify();
expect(`${token.source}: ${identity.kind} ${identity.label}`, "env ZENDESK_OAUTH_TOKEN: user Ada Lovelace");

const response = await auth.fetch("/api/v2/tickets.json");
expect(response.status, 200);
expect(fake.requests.at(-1)?.headers.authorization, "Bearer made-for-this-run");

const byApiToken = zendesk({ baseUrl: fake.url, email: "grace@example.com", token: "an-api-token" });
expect((await byApiToken.verify()).identity.label, "Grace Hopper");

const refusal: unknown = await zendesk({
  baseUrl: fake.url,
  email: "grace@example.com",
  token: "no-longer-valid",
})
  .verify()
  .catch((error: unknown) => error);
expect(isAuthError(refusal, "AUTH_TOKEN_REJECTED"), true);

const [headline] = formatExplanation(await auth.explain()).split("\n");
expect(headline, "zendesk: a token was found in env ZENDESK_OAUTH_TOKEN; the service was not asked");
console.log(headline);

function expect(actual: unknown, expected: unknown): void {
  if (actual !== expected) throw new Error(`expected ${String(expected)}, got ${String(actual)}`);
}
