import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { testTokenStore } from "@auth/testing";
import { afterAll, describe, expect, it } from "vitest";

import { memoryStore } from "../fixtures/memory-store.ts";
import { fileStore } from "../node.ts";

describe("in memory", () => {
  const store = memoryStore();
  // Its clock goes on by itself, as others do.
  testTokenStore(() => ({
    read: (key) => store.read(key),
    claim: (key, wish) => {
      store.now += 1;
      return store.claim(key, wish);
    },
    publish: (claim, record) => store.publish(claim, record),
    release: (claim, options) => store.release(claim, options),
  }));
});

describe("in a file", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "file-store-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  testTokenStore(() => fileStore(path.join(folder, "new", "tokens")));
});

it("gives a fence above what the asker knows, where the store has lost it and its clock is behind", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "file-store-"));
  try {
    const after = Date.now() + 60_000;
    for (const store of [memoryStore(), fileStore(path.join(folder, "tokens"))])
      expect(await store.claim("acme", { after, leaseMs: 1_000 })).toMatchObject({ fence: after + 1 });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
