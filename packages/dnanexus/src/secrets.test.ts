import { inspect } from "node:util";

import { describe, expect, it } from "vitest";

import { canary, context, createSandbox, fakeDNAnexus } from "./fixtures/sandbox.ts";
import { dnanexus, type AuthEvent, type DNAnexusOptions } from "./index.ts";

/** Everything that a program could print of an auth and of what it throws. */
async function everythingPrinted(
  options: DNAnexusOptions,
  provider: typeof dnanexus = dnanexus,
): Promise<string> {
  const events: AuthEvent[] = [];
  const auth = provider({ ...options, onEvent: (event) => void events.push(event) });
  const printed: unknown[] = [];
  for (const use of [
    () => auth.baseUrl,
    () => auth.token(),
    () => auth.verify(),
    () => auth.explain({ verify: true }),
  ]) {
    try {
      printed.push(await use());
    } catch (error) {
      printed.push(error, String(error), error instanceof Error ? error.stack : "");
    }
  }
  const shown = printed.map(
    (value) => `${inspect(value, { depth: 20, showHidden: true })}\n${JSON.stringify(value)}`,
  );
  return [...shown, inspect(auth, { depth: 20, showHidden: true }), JSON.stringify(events)].join("\n");
}

describe("the token", () => {
  it.each([
    ["a file that is no JSON", `{"DX_SECURITY_CONTEXT": "${canary}`],
    ["a file that is the token alone", canary],
    ["a file with the token as an array", JSON.stringify([canary])],
    ["a context that is the token alone", JSON.stringify({ DX_SECURITY_CONTEXT: canary })],
    ["a context that is no text", JSON.stringify({ DX_SECURITY_CONTEXT: { auth_token: canary } })],
    [
      "a context of another type",
      JSON.stringify({
        DX_SECURITY_CONTEXT: JSON.stringify({ auth_token: canary, auth_token_type: canary }),
      }),
    ],
    [
      "a host with the token as a password",
      JSON.stringify({ DX_APISERVER_HOST: `alice:${canary}@api.example.com` }),
    ],
    [
      "a token with a line break in it",
      JSON.stringify({ DX_SECURITY_CONTEXT: context(`${canary}\n${canary}`) }),
    ],
  ])("is not printed for %s", async (_, text) => {
    const { home, paths, provider, write } = createSandbox();
    write(paths.user, text);
    const printed = await everythingPrinted({ env: { HOME: home } }, provider);
    expect(printed).toContain("AuthError");
    expect(printed).not.toContain(canary);
  });

  it.each([canary, `{"auth_token":"${canary}`, `{"auth_token":"${canary}"}`])(
    "is not printed for a context in the environment that is broken",
    async (text) => {
      const printed = await everythingPrinted(
        { env: { DX_SECURITY_CONTEXT: text } },
        createSandbox().provider,
      );
      expect(printed).toContain("AUTH_TOKEN_SOURCE_FAILED");
      expect(printed).not.toContain(canary);
    },
  );

  it("is not printed where all is well, nor where the service echoes it", async () => {
    const fake = await fakeDNAnexus();
    expect(await everythingPrinted({ env: fake.environment(canary) })).not.toContain(canary);
    fake.script("/system/whoami", {
      type: "InvalidAuthentication",
      message: `No such token: ${canary}`,
      times: 10,
    });
    const printed = await everythingPrinted({ env: fake.environment(canary) });
    expect(printed).toContain("No such token: [token]");
    expect(printed).not.toContain(canary);
  });
});
