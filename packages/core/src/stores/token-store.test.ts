import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { testTokenStore } from "@auth/testing";
import { afterAll, describe } from "vitest";

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
