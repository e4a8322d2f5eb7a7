// The quick start of the README and of an app, run by scripts/package/check-package.mjs where only the packed package is
// installed, with GitHub on loopback.
import { generateKeyPairSync } from "node:crypto";
import process from "node:process";

import { formatExplanation, github, isAuthError } from "@auth/github";
import { startFakeGitHub } from "@auth/github/testing";

const { publicKey, privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs1", format: "pem" },
});
await using fake = await startFakeGitHub({
  tokens: { "ghp_made-for-this-run": {} },
  apps: [{ id: 271_828, publicKey }],
});
process.env["GH_TOKEN"] = "ghp_made-for-this-run";

const auth = github({ baseUrl: fake.url });
const { identity, token } = await auth.verify();
expect(`${token.source}: ${identity.kind} ${identity.label}`, "env GH_TOKEN: user ada");

const response = await auth.fetch("/repos/acme/widgets/issues");
expect(response.status, 200);
expect(fake.requests.at(-1)?.headers.authorization, "Bearer ghp_made-for-this-run");

const refusal: unknown = await github({ baseUrl: fake.url, token: "no-longer-valid" })
  .verify()
  .catch((error: unknown) => error);
expect(isAuthError(refusal, "AUTH_TOKEN_REJECTED"), true);

const app = github({ baseUrl: fake.url, app: { clientId: 271_828, installationId: 1, privateKey } });
expect((await app.verify()).identity.label, "acme-app[bot]");

const [headline] = formatExplanation(await auth.explain()).split("\n");
expect(headline, "github: a token was found in env GH_TOKEN; the service was not asked");
console.log(headline);

function expect(actual: unknown, expected: unknown): void {
  if (actual !== expected) throw new Error(`expected ${String(expected)}, got ${String(actual)}`);
}
