import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { parseDocument } from "yaml";

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions?: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

interface Job {
  readonly "runs-on"?: string;
  readonly "timeout-minutes"?: number;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly needs?: string;
  readonly steps: readonly Step[];
}

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

const root = path.resolve(import.meta.dirname, "../..");
const folder = path.join(root, ".github/workflows");
const { scripts } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as {
  scripts: Readonly<Record<string, string>>;
};

describe.each(readdirSync(folder))("the workflow %s", (file) => {
  const text = readFileSync(path.join(folder, file), "utf8");
  const document = parseDocument(text);
  const workflow = document.toJS() as Workflow;
  const jobs = Object.entries(workflow.jobs);
  const steps = jobs.flatMap(([, job]) => job.steps);
  const commands = steps.flatMap((step) => [step.run, step.with?.["script"]]).filter(isString);

  it("is sound YAML", () => {
    expect([...document.errors, ...document.warnings]).toEqual([]);
    expect(jobs.length).toBeGreaterThan(0);
  });

  it("gives no permission that a job does not ask for", () => {
    expect(workflow.permissions).toEqual({});
    for (const [name, { permissions }] of jobs) expect(permissions, name).toEqual(expect.any(Object));
  });

  it("lets a pull request write nothing", () => {
    expect(workflow.on).not.toHaveProperty("pull_request_target");
    const writing = jobs.filter(([, { permissions }]) => Object.values(permissions ?? {}).includes("write"));
    expect("pull_request" in workflow.on ? writing : []).toEqual([]);
  });

  it("ends a job that hangs", () => {
    for (const [name, job] of jobs) expect(job["timeout-minutes"], name).toEqual(expect.any(Number));
  });

  it("waits only for jobs that exist", () => {
    const awaited = jobs.map(([, { needs }]) => needs).filter(isString);
    expect(jobs.map(([name]) => name)).toEqual(expect.arrayContaining(awaited));
  });

  it("pins every action to a commit, and says which version that is", () => {
    const used = [...text.matchAll(/\buses: (.*)$/gm)].map(([, what]) => what);
    expect(used).toHaveLength(steps.filter(({ uses }) => uses !== undefined).length);
    for (const what of used) expect(what).toMatch(/^[\w-]+\/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it("leaves no credentials in a checkout", () => {
    const checkouts = steps.filter(({ uses }) => uses?.startsWith("actions/checkout@"));
    expect(checkouts.length).toBeGreaterThan(0);
    for (const { with: inputs } of checkouts) expect(inputs).toHaveProperty("persist-credentials", false);
  });

  it("puts no text of a stranger into a command", () => {
    for (const command of commands) expect(command).not.toContain("${{");
  });

  it("runs only what package.json and the repository have", () => {
    const named = commands.flatMap((command) => [
      ...[...command.matchAll(/\bnpm run ([\w:-]+)/g)].map(([, name]) => name ?? ""),
      ...(/\bnpm test\b/.test(command) ? ["test"] : []),
    ]);
    for (const name of named) expect(scripts).toHaveProperty([name]);
    for (const command of commands)
      for (const [program] of command.matchAll(/(?<=^|\s)\.[\w/.-]+\/[\w/.-]+$/gm)) {
        expect(existsSync(path.join(root, program)), program).toBe(true);
        expect(statSync(path.join(root, program)).mode & 0o111, `${program} is executable`).not.toBe(0);
      }
  });
});

it("what runs here runs there: the workflows use the repository's own commands", () => {
  const all = readdirSync(folder).map((file) => readFileSync(path.join(folder, file), "utf8"));
  for (const command of [
    ".ci/run",
    "npm run release:check",
    "npm run release:version",
    "npm run release:publish",
  ])
    expect(all.join("\n")).toContain(command);
});

function isString(value: unknown): value is string {
  return typeof value === "string";
}
