import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";

import { isAuthError } from "@auth/core";

import { dnanexus } from "./dnanexus.ts";

const canary = "canary-dnanexus-7b0e4d19c2f58a36";
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "auth-dx-properties-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const keys = [
  "DX_SECURITY_CONTEXT",
  "DX_APISERVER_HOST",
  "DX_APISERVER_PORT",
  "DX_APISERVER_PROTOCOL",
  "DX_JOB_ID",
  "__proto__",
  "constructor",
];
const context = fc.constantFrom(
  JSON.stringify({ auth_token_type: "Bearer", auth_token: canary }),
  JSON.stringify({ auth_token_type: "Basic", auth_token: canary }),
  JSON.stringify({ auth_token: "PUBLIC", auth_token_type: "Bearer" }),
  `{"auth_token": "${canary}"`,
  canary,
);
const value = fc.oneof(
  context,
  fc.anything({ maxDepth: 2 }),
  fc.constantFrom("http", "https", "127.0.0.1", "443", "evil.example/", ""),
);
const config = fc.oneof(
  fc
    .dictionary(fc.constantFrom(...keys), value)
    // It is a host name like any other, and an address is no secret.
    .filter((object) => object["DX_APISERVER_HOST"] !== canary)
    .map((object) => JSON.stringify(object)),
  fc.json(),
  fc.string().map((text) => `{"DX_SECURITY_CONTEXT": "${canary}${text}`),
);

it("answers whatever stands in the file with a token or an AuthError, and shows nothing of it", async () => {
  const file = path.join(folder, "environment.json");
  await fc.assert(
    fc.asyncProperty(
      config,
      fc.dictionary(fc.constantFrom(...keys.slice(0, 5)), fc.string()),
      async (text, variables) => {
        writeFileSync(file, text);
        chmodSync(file, 0o600);
        const env = { ...variables, DX_USER_CONF_DIR: folder };
        const auth = dnanexus({ env, sessions: false });
        const outcome: unknown = await auth.token().catch((error: unknown) => error);
        expect(outcome instanceof Error && !isAuthError(outcome)).toBe(false);
        const told = await auth.explain();
        expect([String(outcome), JSON.stringify(outcome), JSON.stringify(told)].join("\n")).not.toContain(
          canary,
        );
        expect(({} as { DX_JOB_ID?: string }).DX_JOB_ID).toBeUndefined();
      },
    ),
    { numRuns: 400 },
  );
});
