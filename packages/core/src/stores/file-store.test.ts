import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { expect, onTestFinished, test } from "vitest";

import { canary } from "../fixtures/acme.ts";
import { contextOf } from "../fixtures/context.ts";
import { fromValue, shared } from "../index.ts";
import { fileStore } from "../node.ts";

function scratch(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "file-store-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test("the file is its user's alone, with its new folder, and nothing is left beside it", async () => {
  const folder = path.join(scratch(), "a", "b");
  const file = path.join(folder, "token");
  const source = shared(fromValue(canary, "vault"), { store: fileStore(file), key: "acme" });
  expect(await source.resolve(contextOf())).toMatchObject({ outcome: "found" });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(readdirSync(folder)).toEqual(["token"]);
  expect(readFileSync(file, "utf8")).toContain(canary);
});

test("a person can read in it what there is: the keys, and since when", async () => {
  const file = path.join(scratch(), "token");
  await shared(fromValue(canary, "vault"), { store: fileStore(file), key: "acme/main" }).resolve(contextOf());
  const { keys } = JSON.parse(readFileSync(file, "utf8")) as {
    keys: Record<string, { record: { at: number } }>;
  };
  expect(Object.keys(keys)).toEqual(["acme/main"]);
  expect(Math.abs((keys["acme/main"]?.record.at ?? 0) - Date.now())).toBeLessThan(60_000);
});

test.each([
  [
    "something else",
    (file: string) => writeFileSync(file, "TOKEN=1", { mode: 0o600 }),
    /holds no tokens of a store/,
  ],
  [
    "open to others",
    (file: string) => (writeFileSync(file, '{"keys":{}}'), chmodSync(file, 0o644)),
    /is open to other users/,
  ],
  ["a folder", (file: string) => mkdirSync(file), /is not a regular file/],
])("a file that is %s is refused, and stays as it is", async (_, arrange, problem) => {
  const file = path.join(scratch(), "token");
  arrange(file);
  const store = fileStore(file);
  await expect(store.read("acme")).rejects.toThrow(problem);
  await expect(store.claim("acme", { after: 0, leaseMs: 1000 })).rejects.toThrow(problem);
});

test("a file that vanishes is an empty store, and who holds a claim has lost it", async () => {
  const folder = scratch();
  const store = fileStore(path.join(folder, "new", "token"));
  const claim = await store.claim("acme", { after: 0, leaseMs: 60_000 });
  if (claim.outcome !== "won") throw new Error("The claim was not won.");
  rmSync(path.join(folder, "new"), { recursive: true });
  expect(await store.read("acme")).toBeUndefined();
  expect(await store.publish(claim, { generation: claim.fence, reveal: () => "late" })).toBe(false);
  const next = await store.claim("acme", { after: 0, leaseMs: 60_000 });
  expect(next).toMatchObject({ outcome: "won" });
  expect(next.outcome === "won" && next.fence).toBeGreaterThan(claim.fence);
});

test("is not read before it is used", () => {
  const file = path.join(scratch(), "missing", "token");
  expect(fileStore(file).name).toBe(`file ${file}`);
  expect(() => fileStore("")).toThrow("path");
  expect(() => fileStore("token")).toThrow("absolute");
});
