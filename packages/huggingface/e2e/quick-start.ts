// The beginning of the README and the file of hf auth login, run by scripts/package/check-package.mjs where only the packed
// package is installed, with the Hub on loopback.
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";

import { formatExplanation, huggingface, isAuthError } from "@auth/huggingface";
import { startFakeHuggingFace } from "@auth/huggingface/testing";

await using fake = await startFakeHuggingFace({ tokens: { "made-for-this-run": {} } });
process.env["HF_TOKEN"] = "made-for-this-run";

const auth = huggingface({ baseUrl: fake.url });
const { identity, token } = await auth.verify();
expect(`${token.source}: ${identity.kind} ${identity.label}`, "env HF_TOKEN: user ada");

const file = await auth.fetch("/acme/tiny/resolve/main/model.safetensors");
expect(await file.text(), "0123456789 weights");
expect(fake.requests.at(-1)?.headers.authorization, undefined);

const refusal: unknown = await huggingface({ baseUrl: fake.url, token: "no-longer-valid" })
  .verify()
  .catch((error: unknown) => error);
expect(isAuthError(refusal, "AUTH_TOKEN_REJECTED"), true);

const [headline] = formatExplanation(await auth.explain()).split("\n");
expect(headline, "huggingface: a token was found in env HF_TOKEN; the service was not asked");
console.log(headline);

const home = path.resolve("hf");
mkdirSync(home);
writeFileSync(path.join(home, "token"), "made-for-this-run", { mode: 0o600 });
const saved = huggingface({ baseUrl: fake.url, env: { HF_HOME: home } });
expect((await saved.token()).source, `file ${home}/token`);
expect((await saved.verify()).identity.label, "ada");

function expect(actual: unknown, expected: unknown): void {
  if (actual !== expected) throw new Error(`expected ${String(expected)}, got ${String(actual)}`);
}
