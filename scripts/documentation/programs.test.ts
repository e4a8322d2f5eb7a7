// Each `ts` block of each document is a program: all are compiled together, and each one is run in a process of its own,
// with the services on loopback. What its comments say that it prints is what it prints.
import { execFile } from "node:child_process";
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { promisify } from "node:util";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type DocumentedBlock, documentedBlocks, promisedOutput } from "./documented-block.ts";
import { startDocumentedWorld } from "./documented-world.ts";
import { readDocuments } from "./documents.ts";

const run = promisify(execFile);
const root = path.resolve(import.meta.dirname, "../..");
const documents = readDocuments(root);
// docs/clients.md is written from examples/clients, which has an install of its own and runs what the page shows.
const blocks = documents
  .filter(({ file }) => file !== "docs/clients.md")
  .flatMap(({ file, text }) => documentedBlocks(file, text));

const planted: DocumentedBlock = {
  file: "planted.md",
  heading: "",
  line: 3,
  code: 'import { pylon } from "@auth/pylon";\nconst auth: string = pylon();\nconsole.log(auth);\n// nothing',
};

/** Where a document's programs are at home: a package's in its own folder, all others where every client is installed. */
function homeOf(file: string): string {
  const [own] = /^packages\/[^/]+(?=\/)/.exec(file) ?? [];
  return path.join(root, own ?? "examples");
}

describe("every ts block compiles", () => {
  const cache = path.join(root, `node_modules/.cache/documentation-${process.pid}`);
  const written = new Map<string, string>();
  afterAll(() => {
    for (const file of written.keys()) rmSync(path.dirname(file), { recursive: true, force: true });
  });

  let problems: readonly string[] = [];
  beforeAll(async () => {
    problems = await compile([...blocks, planted]);
  }, 60_000);

  it.each([...new Set(blocks.map(({ file }) => file))])("of %s", (file) => {
    expect(problems.filter((problem) => problem.startsWith(`${file}:`))).toEqual([]);
  });

  it("is said with the document's line where one does not", () => {
    expect(problems).toContainEqual(
      expect.stringMatching(/^planted\.md:4: .*not assignable to type 'string'/),
    );
    // Nor may anything else be wrong, such as the configuration.
    const known = [...documents.map(({ file }) => file), planted.file];
    expect(problems.filter((problem) => !known.includes(problem.split(":")[0] ?? ""))).toEqual([]);
  });

  /** All in one program, each block on the lines that it has in its document. */
  async function compile(all: readonly DocumentedBlock[]): Promise<string[]> {
    for (const [index, { file, line, code }] of all.entries()) {
      // Below node_modules of the document's home, where its imports resolve.
      const folder = path.join(homeOf(file), `node_modules/.cache/documentation-${process.pid}`);
      mkdirSync(folder, { recursive: true });
      writeFileSync(path.join(folder, "package.json"), '{ "type": "module" }\n');
      const program = path.join(folder, `${index}.ts`);
      writeFileSync(program, `${"\n".repeat(line - 1)}${fromItsFolder(file, code)}\n`);
      written.set(program, file);
    }
    mkdirSync(cache, { recursive: true });
    const project = path.join(cache, "tsconfig.json");
    const compilerOptions = { paths: entryPaths(), rewriteRelativeImportExtensions: false };
    const files = [...written.keys()];
    writeFileSync(
      project,
      JSON.stringify({ extends: path.join(root, "tsconfig.base.json"), compilerOptions, files }),
    );
    const tsc = path.join(root, "node_modules/typescript/bin/tsc");
    const { stdout } = await run(process.execPath, [tsc, "-p", project, "--pretty", "false"], {
      cwd: root,
    }).catch((error: { stdout: string }) => error);
    return stdout
      .split("\n")
      .filter((line) => line.startsWith("error TS") || line.includes(" error TS"))
      .map((problem) => {
        const [, file = "", line = "", message = ""] = /^(.*)\((\d+),\d+\): (.*)$/.exec(problem) ?? [];
        const document = written.get(path.resolve(root, file));
        return document === undefined ? problem : `${document}:${line}: ${message}`;
      });
  }
});

/** Relative imports of a block start at its document. */
function fromItsFolder(file: string, code: string): string {
  const folder = path.join(root, path.dirname(file));
  return code.replaceAll(/(?<=\bfrom ")\.{1,2}\/[^"]+(?=")/g, (specifier) => path.join(folder, specifier));
}

/** `@auth/pylon/undici` → its source, for each entry of each package. */
function entryPaths(): Record<string, string[]> {
  const manifests = globSync("packages/*/package.json", { cwd: root });
  return Object.fromEntries(
    manifests.flatMap((manifest) => {
      const { name, exports } = JSON.parse(readFileSync(path.join(root, manifest), "utf8")) as {
        name: string;
        exports: Record<string, string | { "@auth/source": string }>;
      };
      return Object.entries(exports).flatMap(([subpath, entry]) =>
        typeof entry === "string"
          ? []
          : [
              [
                path.posix.join(name, subpath),
                [path.join(root, path.dirname(manifest), entry["@auth/source"])],
              ],
            ],
      );
    }),
  );
}

const runnable = blocks.filter(({ notRun }) => notRun === undefined);

// A process of its own takes longer where others are at work.
describe.concurrent("every ts block runs, and prints what it says", { timeout: 60_000 }, () => {
  it.for(runnable)("$file:$line $heading", async (block) => {
    expect(await printed(block)).toEqual(promisedOutput(block.code));
  });

  it("is seen where one does not", async () => {
    await expect(printed(planted)).resolves.not.toEqual(promisedOutput(planted.code));
    await expect(printed({ ...planted, code: "throw new Error()" })).rejects.toThrow("Error");
    const far = { ...planted, code: 'await fetch("https://example.com/")' };
    await expect(printed(far)).rejects.toThrow("There is no https://example.com on loopback.");
  });
});

/** What a block prints as a program of its own, in an empty home directory. */
async function printed({ file, heading, code }: DocumentedBlock): Promise<string[]> {
  const world = await startDocumentedWorld(file, heading);
  try {
    const before = path.join(import.meta.dirname, "documented-addresses.ts");
    const flags = ["--no-warnings", "--conditions=@auth/source", "--import", before];
    const env = {
      PATH: process.env["PATH"],
      // Types are taken out of the sources once for all blocks.
      NODE_COMPILE_CACHE: path.join(root, "node_modules/.cache/documentation-compiled"),
      ...world.env,
      DOCUMENTED_ADDRESSES: JSON.stringify(world.addresses),
      DOCUMENTED_UNDICI: code.includes('"undici"') ? "1" : "0",
    };
    const { stdout } = await run(
      process.execPath,
      [...flags, "--input-type=module-typescript", "--eval", fromItsFolder(file, code)],
      { cwd: homeOf(file), env },
    ).catch(({ stderr }: { stderr: string }) => Promise.reject(new Error(stderr)));
    return stdout === "" ? [] : stdout.trimEnd().split("\n");
  } finally {
    await world.close();
  }
}

it("few blocks are not run, each for a reason", () => {
  const reasons = blocks.flatMap(({ file, notRun }) => (notRun === undefined ? [] : [`${file}: ${notRun}`]));
  expect(reasons.length).toBeLessThan(blocks.length / 8);
});
