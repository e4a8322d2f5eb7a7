// What is installed: for every platform, old enough, and no more than the first two commands of the README need.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";

import { describe, expect, it } from "vitest";
import { parse } from "yaml";

const root = path.resolve(import.meta.dirname, "../..");

/** What `npm test` and `npm run demo` may install on a fresh clone, on Linux: packages. Lower it where it has become less. */
const firstInstall = 390;

interface Lockfile {
  readonly importers: Readonly<Record<string, Readonly<Record<string, Dependencies>>>>;
  readonly packages: Readonly<Record<string, Package>>;
  readonly snapshots: Readonly<Record<string, Snapshot>>;
}
type Dependencies = Readonly<Record<string, { readonly version: string }>>;
interface Package {
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
}
interface Snapshot {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const linux = ["linux", "x64", "glibc"];

const files = execFileSync("git", ["ls-files", "*pnpm-lock.yaml"], { cwd: root, encoding: "utf8" })
  .trim()
  .split("\n");
const read = (file: string): unknown => parse(readFileSync(path.join(root, file), "utf8"));
const lockfile = read("pnpm-lock.yaml") as Lockfile;

describe.each(files)("%s", (file) => {
  it("takes no version in its first three days", () => {
    const settings = read(path.join(path.dirname(file), "pnpm-workspace.yaml"));
    expect(settings).toMatchObject({ minimumReleaseAge: 4320 });
  });

  it("has neither keyv 6 nor a cacheable-request from 13.0.20 on, which were malicious", () => {
    const { packages } = read(file) as Lockfile;
    const bad = Object.keys(packages).filter((id) => {
      const [, name = "", ...parts] = /^(.+)@(\d+)\.(\d+)\.(\d+)/.exec(id) ?? [];
      const [major = 0, minor = 0, patch = 0] = parts.map(Number);
      return (
        (name === "keyv" && major >= 6) ||
        (name === "cacheable-request" && major * 1e6 + minor * 1e3 + patch >= 13_000_020)
      );
    });
    expect(bad).toEqual([]);
  });
});

// Those with a binary for each platform: a lockfile that lacks one is completed, and so changed, by whoever has that platform.
it("holds every platform's binaries of the tools", () => {
  const missing = Object.entries(lockfile.snapshots).flatMap(([id, { optionalDependencies = {} }]) => {
    const [, name = "", version = ""] = /^(.+?)@([^(@]+)/.exec(id) ?? [];
    const manifest = path.join(
      root,
      `node_modules/.pnpm/${name.replace("/", "+")}@${version}/node_modules/${name}/package.json`,
    );
    if (!existsSync(manifest)) return [];
    const { optionalDependencies: all = {} } = JSON.parse(readFileSync(manifest, "utf8")) as Snapshot;
    return Object.keys(all)
      .filter((binary) => !Object.hasOwn(optionalDependencies, binary))
      .map((binary) => `${id} lacks ${binary}`);
  });
  expect(missing).toEqual([]);
});

it("installs no more packages than it did", () => {
  const seen = new Set<string>();
  const visit = (name: string, version: string): void => {
    const id = Object.hasOwn(lockfile.snapshots, version) ? version : `${name}@${version}`;
    const { os, cpu, libc } = lockfile.packages[id.replace(/\(.*$/, "")] ?? { os: ["none"] };
    const suits =
      (os ?? linux).includes("linux") && (cpu ?? linux).includes("x64") && (libc ?? linux).includes("glibc");
    if (!suits || seen.has(id)) return;
    seen.add(id);
    const { dependencies, optionalDependencies } = lockfile.snapshots[id] ?? {};
    for (const [each, its] of Object.entries({ ...dependencies, ...optionalDependencies })) visit(each, its);
  };
  for (const importer of Object.values(lockfile.importers))
    for (const dependencies of Object.values(importer))
      for (const [name, { version }] of Object.entries(dependencies)) visit(name, version);
  expect(seen.size).toBeLessThanOrEqual(firstInstall);
  // A number that has become too large holds nothing.
  expect(seen.size).toBeGreaterThan(firstInstall - 60);
});
