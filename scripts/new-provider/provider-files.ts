import { createHash } from "node:crypto";
import { globSync, readFileSync } from "node:fs";
import path from "node:path";

import { type ProviderFacts, variableOf } from "./provider-facts.ts";

const templates = path.join(import.meta.dirname, "template");
/** The living template: what all providers have alike is copied from it, and what else is written on top. */
const model = path.join(import.meta.dirname, "../../packages/pylon");
const copied = ["src/sources.ts", "src/undici.ts", "tsconfig.json"];

/** The files of a new provider by their path in the tree, formatted as well as a template can be. */
export function providerFiles(facts: ProviderFacts, now: Date): ReadonlyMap<string, string> {
  const { values, sections } = fillings(facts, now);
  const folder = path.posix.join("packages", facts.id);
  const files = new Map(copied.map((file) => [path.posix.join(folder, file), readModel(file)]));
  files.set(path.posix.join(folder, "package.json"), manifest(facts));
  for (const template of globSync("**/*.template", { cwd: templates }).toSorted()) {
    const target = template.slice(0, -".template".length).replaceAll("__id__", facts.id);
    const text = readFileSync(path.join(templates, template), "utf8");
    files.set(path.posix.join(folder, target), fill(text, values, sections));
  }
  files.set(`.changeset/new-provider-${facts.id}.md`, changeset(facts));
  return files;
}

function readModel(file: string): string {
  return readFileSync(path.join(model, file), "utf8");
}

/** The model's, without what is for its webhooks, its logins and its tests alone. */
function manifest({ id, name }: ProviderFacts): string {
  const { imports: _, ...shared } = JSON.parse(readModel("package.json")) as Manifest;
  const entries = Object.entries(shared.exports).filter(([entry]) => entry !== "./webhooks");
  const ours = Object.entries(shared.devDependencies).filter(([dependency]) =>
    dependency.startsWith("@auth/"),
  );
  const own = {
    ...shared,
    name: `@auth/${id}`,
    version: "0.0.0",
    description: `${name} API tokens: found, sent to ${name} only, verified and explained`,
    keywords: ["api-token", "auth", "authentication", "fetch", id].toSorted(),
    bin: { [`auth-${id}`]: "./dist/cli.js" },
    exports: Object.fromEntries(entries),
    devDependencies: Object.fromEntries(ours),
  };
  return `${JSON.stringify(own, undefined, 2)}\n`;
}

interface Manifest {
  readonly imports: object;
  readonly exports: Readonly<Record<string, unknown>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

/**
 * `{{word}}` becomes the word's value; the lines between `{{#word}}` and `{{/word}}` stay where the section is on. Throws for a
 * word that nobody knows.
 */
export function fill(
  text: string,
  values: Readonly<Record<string, string>>,
  sections: Readonly<Record<string, boolean>>,
): string {
  const known = <Value>(table: Readonly<Record<string, Value>>, word: string): Value => {
    const value = Object.hasOwn(table, word) ? table[word] : undefined;
    if (value === undefined) throw new Error(`A template says {{${word}}}, which nobody knows.`);
    return value;
  };
  const keep = (lines: string): string =>
    lines.replaceAll(/^\{\{#(\w+)\}\}\n(.*?)^\{\{\/\1\}\}\n/gms, (_, word: string, inner: string) =>
      known(sections, word) ? keep(inner) : "",
    );
  return keep(text).replaceAll(/\{\{([#/]?\w+)\}\}/g, (_, word: string) => known(values, word));
}

function fillings({ id, name, baseUrl, tokenUrl, env, header }: ProviderFacts, now: Date) {
  const basic = header === "basic";
  const bearer = header === "bearer";
  const variable = variableOf(id);
  const [ofCore = ""] = /^export \{[^}]*\} from "@auth\/core";\n/m.exec(readModel("src/index.ts")) ?? [];
  const headerName = basic || bearer ? "authorization" : header;
  const coreNames = [
    ...(basic ? ["type AuthOptions", "basic"] : []),
    "defineProvider",
    ...(basic ? ["type Environment", "failed"] : []),
    "fromEnv",
    ...(basic || bearer ? [] : ["header"]),
    "type Provider",
    ...(basic ? ["variable"] : []),
  ];
  const values = {
    id,
    name,
    baseUrl,
    tokenUrl,
    env,
    variable,
    headerName,
    Type: typeNameOf(name, variable),
    coreNames: coreNames.join(", "),
    userEnv: `${id.toUpperCase().replaceAll("-", "_")}_USER`,
    origin: new URL(baseUrl).origin,
    ofCore,
    verifyRoute: `${new URL(baseUrl).pathname.replace(/\/$/, "")}/me`,
    headerShown: bearer ? "`Authorization: Bearer …`" : basic ? "`Authorization: Basic …`" : `\`${header}\``,
    month: now.toISOString().slice(0, 7),
    canary: `canary-${id.replaceAll(/[^a-z]/g, "")}-${createHash("sha256").update(id).digest("hex").slice(0, 16)}`,
  };
  return { values, sections: { basic, bearer, header: !basic && !bearer, plain: !basic } };
}

/** As the service writes its name: GitHub, HuggingFace. By the id where the name does not begin with a letter. */
function typeNameOf(name: string, variable: string): string {
  const words = name.normalize("NFKD").match(/[A-Za-z0-9]+/g) ?? [];
  const written = words.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join("");
  return /^[A-Z]/.test(written) ? written : variable.slice(0, 1).toUpperCase() + variable.slice(1);
}

function changeset({ id, name }: ProviderFacts): string {
  return `---
"@auth/${id}": minor
---

The first release: \`${variableOf(id)}()\` finds the API token of ${name}, sends it with requests to ${name} and to nothing else, and
asks ${name} whose token it is.
`;
}
