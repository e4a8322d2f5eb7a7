// Each `ts` block of each document is a program: all are compiled together, and each one is run in a process of its own,
// with the services on loopback. What its comments say that it prints is what it prints.
import { execFile } from "node:child_process";
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { promisify } from "node:util";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { type DocumentedBlock, documentedBlocks, promisedOutput } from "./documented-block.ts";
import { startDocumentedWorld } from "./documented-world.ts";

const run = promisify(execFile);
const root = path.dirname(import.meta.dirname);
const documents = globSync(
  [
    "*.md",
    "{benchmarks,examples}/*.md",
    "examples/{providers,recipes}/**/*.md",
    "docs/**/*.md",
    "packages/*/README.md",
  ],
  {
    cwd: root,
    exclude: ["docs/api/**"],
  },
).toSorted();
const blocks = documents.flatMap((file) =>
  documentedBlocks(file, readFileSync(path.join(root, file), "utf8")),
);

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
    const known = [...documents, planted.file];
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
    await expect(printed(far)).rejects.toThrow("is not on loopback");
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

describe("docs/errors.md", () => {
  const page = readFileSync(path.join(root, "docs/errors.md"), "utf8");
  const source = readFileSync(path.join(root, "packages/core/src/errors.ts"), "utf8");
  const [union = ""] = /export type AuthErrorCode =[^;]*;/.exec(source) ?? [];
  const codes = Array.from(union.matchAll(/"(AUTH_[A-Z_]+)"/g), ([, code = ""]) => code);

  it("has a section for each code, in the order of the code, and no other", () => {
    expect(codes.length).toBeGreaterThanOrEqual(13);
    expect([...page.matchAll(/^## (AUTH_\w+)$/gm)].map(([, code]) => code)).toEqual(codes);
    // Nor may the text speak of a code that does not exist.
    expect([...page.matchAll(/AUTH_[A-Z_]+/g)].filter(([code]) => !codes.includes(code))).toEqual([]);
  });

  it.each(codes)("says what happened, when, and what to do, with an example that gives %s", (code) => {
    const [, section = ""] = page.split(`\n## ${code}\n`);
    const [own = ""] = section.split("\n## ");
    for (const part of ["**What happened.**", "**When.**", "**What to do.**"]) expect(own).toContain(part);
    // The example is run with the others above: what it says that it prints is what it printed.
    const examples = blocks.filter(({ file, heading }) => file === "docs/errors.md" && heading === code);
    expect(examples.map((example) => [example.notRun, promisedOutput(example.code)[0]])).toEqual([
      [undefined, code],
    ]);
  });
});

it("reads the fences", () => {
  const read = (text: string): DocumentedBlock[] => documentedBlocks("a.md", text);
  expect(read("# A\n\n```ts\n1;\n```\n\n## B\n\n- item\n\n  ```ts no-run: why\n  2;\n  ```\n")).toEqual([
    { file: "a.md", heading: "A", line: 4, code: "1;" },
    { file: "a.md", heading: "B", line: 12, code: "2;", notRun: "why" },
  ]);
  expect(read("```sh\n# no heading\n```")).toEqual([]);
  expect(() => read("```js\n```")).toThrow("a.md:1: call this language ts");
  expect(() => read("```ts run\n```")).toThrow('a.md:1: write "ts" or "ts no-run: why"');
  expect(() => read("```\n```")).toThrow("a.md:1: say which language this is");
  expect(() => read("```ts\n")).toThrow("a.md:1: this block does not end");
});

it("reads what a program says that it prints", () => {
  const code =
    'console.log(1); // 1\n// aside\nconsole.log("a\\nb");\n// a\n// b\n\n// aside\nrun(() => console.log(2)); // 2';
  expect(promisedOutput(code)).toEqual(["1", "a", "b", "2"]);
});

it("docs/architecture.md names only files that exist", () => {
  const page = readFileSync(path.join(root, "docs/architecture.md"), "utf8");
  const named = [...new Set(Array.from(page.matchAll(/[\w./-]+\.(?:ts|mjs)\b/g), ([file]) => file))];
  expect(named.length).toBeGreaterThan(10);
  const places = ["packages/core/src", "."];
  expect(named.filter((file) => !places.some((place) => existsSync(path.join(root, place, file))))).toEqual(
    [],
  );
});

it("finds links to files of the repository that are not there", () => {
  const broken = documents.flatMap((file) =>
    brokenLinks(file, readFileSync(path.join(root, file), "utf8")).map((link) => `${file}: ${link}`),
  );
  expect(broken).toEqual([]);
  expect(brokenLinks("docs/planted.md", "[a](../nowhere.md) [b](../README.md#no-such-heading)")).toEqual([
    "../nowhere.md",
    "../README.md#no-such-heading",
  ]);
});

it("every example, recipe and decision stands on its page", () => {
  const pages = ["examples/README.md", "docs/recipes.md", "docs/README.md"];
  const text = pages.map((page) => readFileSync(path.join(root, page), "utf8")).join("\n");
  const files = globSync(
    ["examples/*.ts", "examples/recipes/*", "examples/providers", "docs/decisions/*.md", "docs/*.md"],
    {
      cwd: root,
    },
  );
  const shown = files
    .map((file) => path.relative(file.startsWith("docs/") ? "docs" : "examples", file))
    .filter((file) => !file.endsWith(".test.ts") && file !== "README.md");
  expect(shown.length).toBeGreaterThan(25);
  expect(shown.filter((file) => !text.includes(`${file})`))).toEqual([]);
});

function brokenLinks(file: string, text: string): string[] {
  const prose = text.replaceAll(/^\s*```.*?^\s*```$/gms, "").replaceAll(/`[^`\n]*`/g, "");
  const links = [...prose.matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].map(([, link = ""]) => link);
  return links.filter((link) => {
    const [target = "", anchor] = link.split("#");
    const found = target === "" ? path.join(root, file) : path.join(root, path.dirname(file), target);
    if (!existsSync(found)) return true;
    if (anchor === undefined) return false;
    const page = found.endsWith(".md") ? found : path.join(found, "README.md");
    return !anchorsOf(readFileSync(page, "utf8")).includes(anchor);
  });
}

function anchorsOf(text: string): string[] {
  const headings = text.replaceAll(/^\s*```.*?^\s*```$/gms, "").matchAll(/^#+ (.*)$/gm);
  return Array.from(headings, ([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-"),
  );
}
