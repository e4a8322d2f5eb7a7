import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { testTokenStore } from "@auth/testing";
import { afterAll } from "vitest";

import { sqliteStore } from "./sqlite-store.ts";

const folder = mkdtempSync(path.join(tmpdir(), "sqlite-store-"));
afterAll(() => rmSync(folder, { recursive: true }));

testTokenStore(() => sqliteStore(path.join(folder, "tokens.db")));
