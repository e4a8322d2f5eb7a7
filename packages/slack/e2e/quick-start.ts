// The beginning of the README and a rotating token, run by scripts/package/check-package.mjs where only the packed package is
// installed, with Slack on loopback.
import path from "node:path";
import process from "node:process";

import { formatExplanation, isAuthError, slack } from "@auth/slack";
import { fileStore } from "@auth/slack/sources";
import { signWebhook, startFakeSlack } from "@auth/slack/testing";
import { verifyWebhook } from "@auth/slack/webhooks";

await using fake = await startFakeSlack({
  tokens: { "made-for-this-run": {} },
  refreshTokens: { "xoxe-1-made-for-this-run": {} },
});
process.env["SLACK_BOT_TOKEN"] = "made-for-this-run";
const { url: baseUrl } = fake;

const auth = slack({ baseUrl });
const { identity, token } = await auth.verify();
expect(`${token.source}: ${identity.kind} ${identity.label}`, "env SLACK_BOT_TOKEN: bot acme_bot");

const response = await auth.fetch("/conversations.list", { method: "POST" });
expect(response.status, 200);
expect(await auth.errorOf(response), undefined);

const refused = slack({ baseUrl, token: "no-longer-valid" });
const answer = await refused.fetch("/auth.test", { method: "POST" });
expect(answer.status, 200);
expect(isAuthError(await refused.errorOf(answer), "AUTH_TOKEN_REJECTED"), true);

const [headline] = formatExplanation(await auth.explain()).split("\n");
expect(headline, "slack: a token was found in env SLACK_BOT_TOKEN; the service was not asked");
console.log(headline);

const rotation = {
  refreshToken: "xoxe-1-made-for-this-run",
  store: fileStore(path.resolve("slack-tokens.json")),
  clientId: "111.222",
  clientSecret: "client-secret",
};
expect((await slack({ baseUrl, rotation }).verify()).identity.label, "acme_bot");

const headers = await signWebhook("{}", "signing-secret-example");
expect((await verifyWebhook("{}", { secret: "signing-secret-example", headers })).text, "{}");

function expect(actual: unknown, expected: unknown): void {
  if (actual !== expected) throw new Error(`expected ${String(expected)}, got ${String(actual)}`);
}
