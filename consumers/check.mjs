// Uses the packed packages as people do, with the tools that they have: `npm run check:consumers`. What quick checks hold already is not
// here (scripts/package/check-package.mjs). Words as arguments run the parts with such names alone: `bundlers`, `next`, `peers`, `types`, `jest`.
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";

import { bundlers } from "./bundlers.mjs";

const here = import.meta.dirname;
const { resolve } = createRequire(import.meta.url);
// Next.js and Jest find their parts from where the program is; for the others nothing of the repository may be above it.
const work = path.join(here, ".work");
const apart = mkdtempSync(path.join(tmpdir(), "consumers-"));
const asked = process.argv.slice(2);
const tools = { NEXT_TELEMETRY_DISABLED: "1", CI: "1" };
let [passed, failed] = [0, 0];

rmSync(work, { recursive: true, force: true });
mkdirSync(work, { recursive: true });
const tarballs = ["pylon", "dnanexus", "testing"].map((name) => {
  const cwd = path.join(here, "../packages", name);
  return JSON.parse(
    execFileSync("pnpm", ["pack", "--json", "--pack-destination", apart], { cwd, encoding: "utf8" }),
  ).filename;
});
const [pylon, dnanexus, testing] = tarballs;

for (const [name, part] of Object.entries({
  bundlers: withBundlers,
  next: withNext,
  peers: besidePeers,
  types: withCompilers,
  jest: withJest,
}))
  if (asked.length === 0 || asked.includes(name)) await part();
rmSync(work, { recursive: true });
rmSync(apart, { recursive: true });
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

async function check(name, task) {
  try {
    await task();
    passed += 1;
  } catch (error) {
    failed += 1;
    console.log(`${name}\n  ${String(error.message).slice(0, 2_000).replaceAll("\n", "\n  ")}`);
  }
}

function same(actual, expected) {
  if (actual !== expected) throw new Error(`expected ${expected}, and it is ${actual}`);
}

/** A folder with these packages installed by npm, in which no optional peer is. */
function project(name, manifest, ...packages) {
  const folder = path.join(["next", "jest"].includes(name) ? work : apart, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, "package.json"), JSON.stringify({ private: true, ...manifest }));
  npm(folder, ...packages);
  return folder;
}

function npm(folder, ...packages) {
  const { status, stderr } = spawnSync(
    "npm",
    ["install", "--no-audit", "--no-fund", "--ignore-scripts", ...packages],
    {
      cwd: folder,
      encoding: "utf8",
    },
  );
  if (status !== 0) throw new Error(stderr);
}

function node(args, cwd, env = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd,
    encoding: "utf8",
    env: { PATH: process.env["PATH"], ...env },
    timeout: 600_000,
  });
  if (status !== 0) throw new Error(stdout + stderr);
  return stdout.trim();
}

/** Each program with each bundler, without the optional peers. */
async function withBundlers() {
  const folder = project("bundlers", { type: "module" }, pylon, dnanexus);
  // Some look for settings where they are started.
  process.chdir(folder);
  const expected = {
    webhooks: "AUTH_TOKEN_REJECTED",
    pylon: "AUTH_TOKEN_NOT_FOUND AUTH_TOKEN_SOURCE_FAILED true",
    dnanexus: "AUTH_TOKEN_NOT_FOUND",
    testing: "function string",
    identity: "AUTH_PROVIDER_INVALID true",
  };
  for (const [program, output] of Object.entries(expected)) {
    cpSync(path.join(here, `programs/${program}.mjs`), path.join(folder, `${program}.mjs`));
    for (const [name, bundle] of Object.entries(bundlers)) {
      // Parcel knows no package that may be absent: there jose is installed, as whoever uses the entry does.
      if (name === "parcel" && program === "identity") continue;
      await check(`${name}: ${program}`, async () => {
        const out = path.join(folder, "out", name.replaceAll(" ", "-"), program);
        mkdirSync(out, { recursive: true });
        const { file, warnings } = await bundle(path.join(folder, `${program}.mjs`), out);
        // That jose is absent may be said to who uses it.
        same(warnings.filter((text) => program !== "identity" || !text.includes("jose")).join("\n"), "");
        same(node([file], path.parse(here).root), output);
        if (program !== "webhooks") return;
        const written = readdirSync(out, { recursive: true, withFileTypes: true }).filter((each) =>
          each.isFile(),
        );
        const text = written
          .map((each) => readFileSync(path.join(each.parentPath, each.name), "utf8"))
          .join("\n");
        same(/keyring|keychain/.test(text), false);
      });
    }
  }
  await traced(folder);
}

/** What is traced for a deployment: nothing is missed, and nothing of the keychain goes along with a webhook. */
async function traced(folder) {
  const { nodeFileTrace } = await import(resolve("@vercel/nft"));
  for (const program of ["webhooks", "pylon", "dnanexus"])
    await check(`file tracing: ${program}`, async () => {
      const { fileList, warnings } = await nodeFileTrace([path.join(folder, `${program}.mjs`)], {
        base: folder,
      });
      same([...warnings].map(String).join("\n"), "");
      same(program === "webhooks" && [...fileList].some((file) => file.includes("logins")), false);
    });
}

/** Next.js with both of its bundlers: what a route answers. */
async function withNext() {
  const folder = project("next", { type: "module" }, pylon, dnanexus);
  cpSync(path.join(here, "next"), folder, { recursive: true });
  const command = path.join(path.dirname(resolve("next/package.json")), "dist/bin/next");
  const expected = {
    webhook: "AUTH_TOKEN_REJECTED",
    pylon: "AUTH_TOKEN_SOURCE_FAILED true",
    identity: "AUTH_PROVIDER_INVALID true",
  };
  for (const bundler of ["turbopack", "webpack"]) {
    await check(`next with ${bundler}`, async () => {
      const env = { ...tools, DIST_DIR: `.next-${bundler}` };
      node([command, "build", `--${bundler}`], folder, env);
      const server = spawn(process.execPath, [command, "start", "--port", "0"], {
        cwd: folder,
        env: { PATH: process.env["PATH"], ...env },
        stdio: ["ignore", "pipe", "inherit"],
      });
      try {
        let said = "";
        while (!said.includes("Ready")) said += String((await once(server.stdout, "data"))[0]);
        const [url] = /http:\/\/localhost:\d+/.exec(said);
        for (const [route, answer] of Object.entries(expected))
          same(await (await fetch(`${url}/api/${route}`)).text(), answer);
      } finally {
        server.kill();
        await once(server, "exit");
      }
    });
  }
}

/** Whoever has another version of a peer, and uses nothing that needs it, installs and runs. Who uses it is told. */
async function besidePeers() {
  for (const peer of [
    "undici@5",
    "undici@6",
    "undici@7",
    "jose@4",
    "jose@5",
    "@napi-rs/keyring@1",
    "vitest@3",
  ]) {
    await check(`beside ${peer}`, () => {
      const folder = project(`peers-${peer.replaceAll(/\W/g, "-")}`, { type: "module" }, peer);
      npm(folder, pylon, dnanexus, ...(peer.startsWith("vitest") ? [testing] : []));
      for (const program of ["webhooks", "identity", "pylon"])
        cpSync(path.join(here, `programs/${program}.mjs`), path.join(folder, `${program}.mjs`));
      same(node(["webhooks.mjs"], folder), "AUTH_TOKEN_REJECTED");
      const older = `const { verifyIdentityToken } = await import("@auth/dnanexus/identity");
        console.log(await verifyIdentityToken("a.b.c", { audience: "a" }).catch(({ message }) => /6 or newer/.test(message)));`;
      if (peer.startsWith("jose")) same(node(["--input-type=module", "--eval", older], folder), "true");
      const keyring = `const { pylon } = await import("@auth/pylon");
        console.log(await pylon({ env: {}, login: true }).token().catch(({ message }) => /2 or newer/.test(message)));`;
      if (peer.startsWith("@napi-rs")) same(node(["--input-type=module", "--eval", keyring], folder), "true");
    });
  }
}

/** From the oldest compiler on, with the library's declarations checked, under each way to find modules. */
async function withCompilers() {
  const types = `@types/node@${JSON.parse(readFileSync(resolve("@types/node/package.json"), "utf8")).version}`;
  const folder = project("types", { type: "module" }, pylon, dnanexus, types);
  cpSync(path.join(here, "programs/types.ts"), path.join(folder, "types.ts"));
  mkdirSync(path.join(folder, "commonjs"));
  writeFileSync(path.join(folder, "commonjs/package.json"), '{ "private": true, "type": "commonjs" }');
  for (const program of ["types.ts", "dynamic.ts"])
    cpSync(path.join(here, `programs/${program}`), path.join(folder, "commonjs", program));
  const settings =
    "--strict --exactOptionalPropertyTypes --noEmit --skipLibCheck false --target es2022 --lib es2023,esnext.disposable --types node";
  const compile = (compiler, module, resolution, file) => () => {
    const tsc = path.join(path.dirname(resolve(`${compiler}/package.json`)), "bin/tsc");
    node([tsc, ...settings.split(" "), "--module", module, "--moduleResolution", resolution, file], folder);
  };
  for (const compiler of [
    "typescript-5-4",
    "typescript-5-5",
    "typescript-5-6",
    "typescript-5-8",
    "typescript",
  ]) {
    for (const [module, resolution] of [
      ["nodenext", "nodenext"],
      ["node16", "node16"],
      ["esnext", "bundler"],
      ["commonjs", "node10"],
    ])
      await check(`${compiler}, ${resolution}`, compile(compiler, module, resolution, "types.ts"));
    await check(
      `${compiler}, CommonJS by import()`,
      compile(compiler, "node16", "node16", "commonjs/dynamic.ts"),
    );
  }
  // From 5.8 on the compiler knows that Node.js can require what is no CommonJS.
  for (const compiler of ["typescript-5-8", "typescript"])
    await check(`${compiler}, CommonJS`, compile(compiler, "nodenext", "nodenext", "commonjs/types.ts"));
  await check("require", () =>
    same(node(["--eval", 'console.log(typeof require("@auth/pylon").pylon)'], folder), "function"),
  );
}

/** The three set-ups of docs/bundlers-and-compilers.md. */
async function withJest() {
  const folder = project("jest", {}, pylon);
  cpSync(path.join(here, "jest"), folder, { recursive: true });
  const command = path.join(path.dirname(resolve("jest/package.json")), "bin/jest.js");
  for (const setUp of ["babel", "ts-jest", "modules"])
    await check(`jest: ${setUp}`, () => {
      const flags = setUp === "modules" ? ["--experimental-vm-modules"] : [];
      node([...flags, command, "--rootDir", "."], path.join(folder, setUp), tools);
    });
}
