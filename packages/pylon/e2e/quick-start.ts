// The quick start of the root README and a saved login, run by scripts/package/check-package.mjs where only the packed
// package is installed, with Pylon on loopback.
import path from "node:path";
import process from "node:process";

import { formatExplanation, isAuthError, login, logout, pylon } from "@auth/pylon";
import { startFakePylon } from "@auth/pylon/testing";

await using fake = await startFakePylon({ tokens: { "made-for-this-run": {} } });
const platformFetch = globalThis.fetch;
globalThis.fetch = (input, init) => {
  const url = typeof input === "object" && "url" in input ? input.url : input.toString();
  return platformFetch(url.replace("https://api.usepylon.com", fake.url), init);
};
process.env["PYLON_API_TOKEN"] = "made-for-this-run";

const auth = pylon();
const { identity, token } = await auth.verify();
expect(
  `${token.source}: ${identity.kind} ${identity.label}`,
  "env PYLON_API_TOKEN: organization Acme Support",
);

const response = await auth.fetch("/issues?limit=10");
expect(response.status, 200);
expect(fake.requests.at(-1)?.headers.authorization, "Bearer made-for-this-run");

const refusal: unknown = await pylon({ token: "no-longer-valid" })
  .verify()
  .catch((error: unknown) => error);
expect(isAuthError(refusal, "AUTH_TOKEN_REJECTED"), true);

const [headline] = formatExplanation(await auth.explain()).split("\n");
expect(headline, "pylon: a token was found in env PYLON_API_TOKEN; the service was not asked");
console.log(headline);

const store = { file: path.resolve("logins.json") };
await login({ token: "made-for-this-run", store });
delete process.env["PYLON_API_TOKEN"];
const saved = await pylon({ login: true, store }).token();
expect(saved.source, `login default in ${store.file}`);
expect(await logout({ store }), true);

function expect(actual: unknown, expected: unknown): void {
  if (actual !== expected) throw new Error(`expected ${String(expected)}, got ${String(actual)}`);
}
