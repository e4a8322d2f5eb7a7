// Rehearses a release, in a copy of this checkout that is thrown away: versions, builds, packs, publishes with changesets
// to a registry started for the purpose, and installs each package from there, alone, as a consumer would, on every
// Node.js that is supported. Leaves the checked tarballs and their SBOMs in node_modules/.cache/release.
import { createHash } from "node:crypto";
import { cpSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";

import { bumpProblems } from "./bump-problems.ts";
import { checkConsumer, type Release } from "./check-consumer.ts";
import { problemsOf, refuse } from "./refuse.ts";
import { type Registry, startRegistry } from "./registry.ts";
import { readPacked, tarballProblems, weigh } from "./tarball-problems.ts";
import { openWorkplace } from "./workplace.ts";

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

const root = path.resolve(import.meta.dirname, "../..");
const output = path.join(root, "node_modules/.cache/release");
const startedAt = performance.now();
const workplace = openWorkplace();
const copy = path.join(workplace.folder, "checkout");
let registry: Registry | undefined;
try {
  await step("Copy the checkout", copyCheckout);
  await step("Install what it needs", installTools);
  await step("Version", version);
  await step("Build", () => inCopy("turbo", "run", "build"));
  const started = await step("Start a registry", openRegistry);
  registry = started;
  const releases = await step("Pack", pack);
  await step("Check the tarballs", () => checkTarballs(releases));
  await step("Write the SBOMs", () => writeSboms(releases));
  await step("Publish", () => publish(releases, started));
  for (const release of releases)
    await step(`Install ${release.name} alone`, () =>
      checkConsumer(release, started.url, { workplace, copy }),
    );
  const seconds = Math.round((performance.now() - startedAt) / 1_000);
  console.log(`Ready to release (${seconds} s). Tarballs and SBOMs: ${path.relative(root, output)}`);
} catch (error) {
  console.error(`\n${error instanceof Error ? error.message : String(error)}\n\nNot ready to release.`);
  process.exitCode = 1;
} finally {
  await registry?.close();
  await workplace.close();
}

async function step<Result>(name: string, work: () => Promise<Result> | Result): Promise<Result> {
  const before = performance.now();
  process.stdout.write(`${name} … `);
  try {
    const result = await work();
    console.log(`${((performance.now() - before) / 1_000).toFixed(1)} s`);
    return result;
  } catch (error) {
    console.log("failed");
    throw error;
  }
}

/** With what is not committed yet, in a git repository of its own: changesets asks git, and tags what it publishes. */
async function copyCheckout(): Promise<void> {
  const listed = await workplace.run(
    "git",
    ["ls-files", "-z", "--cached", "--others", "--exclude-standard"],
    { cwd: root },
  );
  for (const file of new Set(listed.split("\0").filter((name) => name !== ""))) {
    const from = path.join(root, file);
    if (!lstatSync(from, { throwIfNoEntry: false })) continue; // deleted, and that not committed yet
    cpSync(from, path.join(copy, file), { verbatimSymlinks: true });
  }
  await inCopy("git", "init", "--quiet", "--initial-branch=main");
  await inCopy("git", "add", "--all");
  await inCopy("git", "commit", "--quiet", "--message=What is to be released");
}

async function installTools(): Promise<void> {
  for (const folder of [".", "runtimes", "scripts/release-check/verdaccio"])
    await inCopy("pnpm", "--dir", folder, "install", "--frozen-lockfile", "--prefer-offline");
}

async function version(): Promise<void> {
  const before = await manifests();
  const pending = readdirSync(path.join(copy, ".changeset")).some(
    (file) => file.endsWith(".md") && file !== "README.md",
  );
  if (!pending) return; // versioned already: what is checked is what is published next
  await inCopy("changeset", "version");
  const after = new Map((await manifests()).map(({ manifest }) => [manifest.name, manifest.version]));
  refuse(
    bumpProblems(
      before
        .filter(({ manifest }) => !manifest.private)
        .map(({ manifest: { name, version: old, devDependencies } }) => ({
          name,
          before: old,
          after: after.get(name) ?? old,
          bundles: Object.keys(devDependencies ?? {}).filter((dependency) => dependency === "@auth/core"),
        })),
    ),
  );
}

async function openRegistry(): Promise<Registry> {
  const [url = "", cafile] = await Promise.all(
    ["registry", "cafile"].map(async (key) =>
      (await workplace.run("npm", ["config", "get", key], { cwd: workplace.folder })).trim(),
    ),
  );
  const folder = path.join(workplace.folder, "registry");
  mkdirSync(folder);
  const started = await startRegistry({
    folder,
    verdaccioFolder: path.join(copy, "scripts/release-check/verdaccio"),
    upstream: { url, ...(cafile && cafile !== "null" && { cafile }) },
  });
  writeFileSync(path.join(copy, ".npmrc"), `@auth:registry=${started.url}\n${started.npmrcLine}\n`);
  return started;
}

async function pack(): Promise<readonly Release[]> {
  rmSync(output, { recursive: true, force: true });
  const packed = path.join(workplace.folder, "packed");
  await inCopy("changeset", "pack", "--out-dir", packed);
  const { plan } = JSON.parse(readFileSync(path.join(packed, "publish-plan.json"), "utf8")) as {
    plan: { kind: string; name: string; version: string; tarball: { path: string } }[][];
  };
  const folders = new Map((await manifests()).map(({ manifest, folder }) => [manifest.name, folder]));
  mkdirSync(output, { recursive: true });
  return plan
    .flat()
    .filter(({ kind }) => kind === "publish")
    .map(({ name, version: released, tarball }) => {
      const file = path.join(packed, tarball.path);
      cpSync(file, path.join(output, path.basename(file)));
      const integrity = `sha512-${createHash("sha512").update(readFileSync(file)).digest("base64")}`;
      return { name, version: released, folder: folders.get(name) ?? "", tarball: file, integrity };
    });
}

async function checkTarballs(releases: readonly Release[]): Promise<void> {
  const weights: string[] = [];
  const problems = await Promise.all(
    releases.map(async ({ name, tarball }) => {
      const unpacked = path.join(workplace.folder, "unpacked", name);
      mkdirSync(unpacked, { recursive: true });
      await workplace.run("tar", ["-xzf", tarball, "-C", unpacked, "--strip-components=1"], { cwd: copy });
      const packed = readPacked(tarball, unpacked);
      const { packedBytes, unpackedBytes, files } = weigh(packed);
      weights.push(`  ${name}: ${packedBytes} bytes packed, ${unpackedBytes} unpacked, ${files} files`);
      return [
        ...tarballProblems(packed, copy),
        ...(await problemsOf(inCopy("publint", "run", tarball, "--strict"))),
        ...(await problemsOf(inCopy("node", "scripts/package/check-types.mjs", tarball))),
      ];
    }),
  );
  process.stdout.write(`\n${weights.toSorted().join("\n")}\n  `);
  refuse(problems.flat());
}

/** CycloneDX, of what a consumer gets with the package; the optional peers are the consumer's own. */
async function writeSboms(releases: readonly Release[]): Promise<void> {
  for (const { name, tarball } of releases) {
    const sbom = path.join(output, path.basename(tarball).replace(/\.tgz$/, ".cdx.json"));
    const options = ["--sbom-format", "cyclonedx", "--prod", "--exclude-peers", "--out", sbom];
    await inCopy("pnpm", "--filter", name, "sbom", ...options);
  }
}

async function publish(releases: readonly Release[], { url, packument }: Registry): Promise<void> {
  await inCopy("changeset", "publish", "--from-pack-dir", path.join(workplace.folder, "packed"));
  const problems: string[] = [];
  for (const { name, version: released, integrity } of releases) {
    const { versions } = (await packument(name)) ?? { versions: {} };
    const dist = versions[released]?.dist;
    if (!dist) problems.push(`${name}: version ${released} was not published.`);
    else if (dist.integrity !== integrity)
      problems.push(`${name}: what was published is not the tarball that was checked.`);
    else if (!dist.tarball.startsWith(url))
      problems.push(`${name}: its tarball comes from another registry, ${new URL(dist.tarball).host}.`);
    const others = Object.keys(versions).filter((each) => each !== released);
    if (others.length > 0)
      problems.push(`${name}: versions of another library are there, such as ${others[0]}.`);
  }
  for (const { manifest } of await manifests()) {
    const published = releases.some(({ name }) => name === manifest.name);
    if (manifest.private && (published || (await packument(manifest.name))))
      problems.push(`${manifest.name}: it is private, and was published.`);
    if (!manifest.private && !published)
      problems.push(`${manifest.name}: it is not private, and was not published.`);
  }
  refuse(problems);
}

/** The packages of the workspace, in the copy. */
async function manifests(): Promise<readonly { readonly manifest: Manifest; readonly folder: string }[]> {
  const listed = await inCopy("pnpm", "list", "--recursive", "--depth=-1", "--json");
  return (JSON.parse(listed) as { path: string }[])
    .filter(({ path: folder }) => folder !== copy)
    .map(({ path: folder }) => ({
      manifest: JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8")) as Manifest,
      folder,
    }));
}

function inCopy(file: string, ...args: readonly string[]): Promise<string> {
  const author = { NAME: "Release check", EMAIL: "release-check@localhost" };
  // A hook of git that runs this tells every git below which repository to use: not that one.
  const env = Object.entries(process.env).filter(([name]) => !name.startsWith("GIT_"));
  return workplace.run(file, args, {
    cwd: copy,
    env: {
      ...Object.fromEntries(env),
      CI: "true",
      TURBO_TELEMETRY_DISABLED: "1",
      PATH: `${path.join(copy, "node_modules/.bin")}${path.delimiter}${process.env["PATH"]}`,
      GIT_CONFIG_GLOBAL: "/dev/null",
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_AUTHOR_NAME: author.NAME,
      GIT_AUTHOR_EMAIL: author.EMAIL,
      GIT_COMMITTER_NAME: author.NAME,
      GIT_COMMITTER_EMAIL: author.EMAIL,
    },
  });
}
