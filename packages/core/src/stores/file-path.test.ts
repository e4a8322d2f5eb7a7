import { homedir } from "node:os";
import { join, resolve } from "node:path";

import { expect, it } from "vitest";

import { expandHome, secretFilePath } from "./file-path.ts";

it("takes ~/ for the home folder, and nothing else", () => {
  expect(expandHome("~/a/b")).toBe(join(homedir(), "a", "b"));
  for (const path of ["~", "~user/a", "a/~/b", "./~/a", "/a", ""]) expect(expandHome(path)).toBe(path);
});

it("keeps secrets in a file that is the same from every folder", () => {
  expect(secretFilePath("~/a/../b", "store.file")).toBe(join(homedir(), "b"));
  expect(secretFilePath("/a/./b", "store.file")).toBe(resolve("/a/b"));
  for (const path of ["a.json", "./a.json", "../a.json", "~", "~user/a.json", "", "file:///a.json"]) {
    expect(() => secretFilePath(path, "store.file")).toThrow(
      expect.objectContaining({
        message: "store.file is no absolute path",
        remedy: expect.stringContaining(`such as ${join(homedir(), ".config")}`),
      }),
    );
  }
});
