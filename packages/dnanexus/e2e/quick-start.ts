// The beginning of this package's README, run by scripts/package/check-package.mjs where only the packed package is
// installed, with DNAnexus on loopback.
import { dnanexus, formatExplanation, isAuthError } from "@auth/dnanexus";
import { startFakeDNAnexus } from "@auth/dnanexus/testing";

await using fake = await startFakeDNAnexus({ tokens: { "made-for-this-run": "alice" } });
const auth = dnanexus({ env: fake.environment("made-for-this-run") });
expect((await auth.verify()).identity.id, "user-alice");

const headers = { "content-type": "application/json" };
const response = await auth.fetch("/system/findProjects", { method: "POST", headers, body: "{}" });
expect(response.status, 200);

const inJob = dnanexus({ env: fake.jobEnvironment({ launchedWith: "made-for-this-run" }) });
expect((await inJob.verify()).identity.job?.id.startsWith("job-"), true);

const refusal: unknown = await dnanexus({ baseUrl: fake.url, token: "no-such-token" })
  .verify()
  .catch((error: unknown) => error);
expect(isAuthError(refusal, "AUTH_TOKEN_REJECTED"), true);

const [headline] = formatExplanation(await auth.explain()).split("\n");
expect(headline, "dnanexus: a token was found in env DX_SECURITY_CONTEXT; the service was not asked");
console.log(headline);

function expect(actual: unknown, expected: unknown): void {
  if (actual !== expected) throw new Error(`expected ${String(expected)}, got ${String(actual)}`);
}
