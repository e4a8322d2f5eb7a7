import { createHash, randomBytes } from "node:crypto";

import { expect, it } from "vitest";

import { sha256 } from "./sha256.ts";

it("gives the digests of the standard's own examples", () => {
  expect(sha256("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  expect(sha256("")).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
});

it("agrees with the platform's digest for every length around the block boundaries", () => {
  for (let length = 0; length < 200; length++) {
    const text = randomBytes(length).toString("latin1").slice(0, length);
    expect(sha256(text)).toBe(createHash("sha256").update(text, "utf8").digest("hex"));
  }
});
