// The beginning of the README and an admin key, run by scripts/package/check-package.mjs where only the packed package is
// installed, with Anthropic's API on loopback.
import process from "node:process";

import { anthropic, formatExplanation, isAuthError } from "@auth/anthropic";
import { startFakeAnthropic } from "@auth/anthropic/testing";

await using fake = await startFakeAnthropic({
  tokens: { "made-for-this-run": {}, "sk-ant-admin01-made-for-this-run": {} },
});
process.env["ANTHROPIC_API_KEY"] = "made-for-this-run";

const auth = anthropic({ baseUrl: fake.url });
const { identity, token } = await auth.verify();
expect(
  `${token.source}: ${identity.kind} ${identity.workspaceId}`,
  "env ANTHROPIC_API_KEY: organization wrkspc_01Acme",
);

const response = await auth.fetch("/v1/models");
expect(response.status, 200);
expect(fake.requests.at(-1)?.headers["x-api-key"], "made-for-this-run");
expect(fake.requests.at(-1)?.headers["anthropic-version"], "2023-06-01");

const admin = anthropic({ baseUrl: fake.url, token: "sk-ant-admin01-made-for-this-run" });
expect((await admin.verify()).identity.label, "Acme");

const refusal: unknown = await anthropic({ baseUrl: fake.url, token: "no-longer-valid" })
  .verify()
  .catch((error: unknown) => error);
expect(isAuthError(refusal, "AUTH_TOKEN_REJECTED"), true);

const [headline] = formatExplanation(await auth.explain()).split("\n");
expect(headline, "anthropic: a token was found in env ANTHROPIC_API_KEY; the service was not asked");
console.log(headline);

function expect(actual: unknown, expected: unknown): void {
  if (actual !== expected) throw new Error(`expected ${String(expected)}, got ${String(actual)}`);
}
