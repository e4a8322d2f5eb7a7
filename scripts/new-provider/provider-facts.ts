import { existsSync, globSync, readFileSync } from "node:fs";
import path from "node:path";
import { Script } from "node:vm";

/** What is known of a service before its provider is written. */
export interface ProviderFacts {
  /** The last part of the package's name: `acme-mail`. */
  readonly id: string;
  /** For people: `Acme Mail`. */
  readonly name: string;
  readonly baseUrl: string;
  /** The page where a person makes a token. */
  readonly tokenUrl: string;
  /** The environment variable with the token. */
  readonly env: string;
  /** `bearer`, `basic`, or the name of a header of its own. */
  readonly header: string;
}

/** What was asked for cannot be made. The message ends with the way to mend it. */
export class Refusal extends Error {
  override readonly name: string = "Refusal";

  constructor(problem: string, remedy: string) {
    super(`${problem} ${remedy}`);
  }
}

/** Packages of the scope's owner on the public registry, by which nobody should mistake ours for theirs. */
const takenNames = /^(?:express|qwik|solid-start|sveltekit|.*-adapter)$/;

/** Fills in what is not given, and throws a {@link Refusal} for what cannot be a provider in this tree. */
export function providerFacts(
  root: string,
  id: string | undefined,
  given: Readonly<Partial<Record<"name" | "base-url" | "token-url" | "env" | "header", string>>>,
): ProviderFacts {
  if (id === undefined)
    throw new Refusal("A provider needs an id.", "Give it as in: npm run new:provider -- acme --name Acme");
  checkId(root, id);
  const words = id.split("-");
  const capitalized = words.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join(" ");
  const facts = {
    id,
    name: (given.name ?? capitalized).trim(),
    baseUrl: withoutSlash(httpsUrl("base-url", given["base-url"] ?? `https://api.${id}.example`)),
    tokenUrl: httpsUrl("token-url", given["token-url"] ?? `https://${id}.example/settings/tokens`).href,
    env: given.env ?? `${id.toUpperCase().replaceAll("-", "_")}_TOKEN`,
    header: (given.header ?? "bearer").toLowerCase(),
  };
  if (!/^[\p{L}\p{N}][\p{L}\p{N} .&+-]{0,39}$/u.test(facts.name))
    throw new Refusal(
      `The name "${facts.name}" cannot stand in code and prose.`,
      'Give letters and digits: --name "Acme"',
    );
  if (!/^[A-Z][A-Z0-9_]*$/.test(facts.env))
    throw new Refusal(`"${facts.env}" is no environment variable.`, "Give capitals, as in --env ACME_TOKEN");
  if (facts.header === "authorization")
    throw new Refusal("Two forms of that header are usual.", "Give --header bearer or --header basic");
  if (!/^[a-z][a-z0-9-]*$/.test(facts.header))
    throw new Refusal(
      `"${facts.header}" is no header.`,
      "Give --header bearer, basic, or a name such as x-api-key",
    );
  return facts;
}

function checkId(root: string, id: string): void {
  const another = "Choose another id, such as the service's full name.";
  if (!/^[a-z][a-z0-9]*(?:-[a-z][a-z0-9]*)*$/.test(id) || id.length > 40)
    throw new Refusal(
      `"${id}" is no id.`,
      "Give lower-case words with hyphens between them, as in acme-mail.",
    );
  if (existsSync(path.join(root, "packages", id)))
    throw new Refusal(`packages/${id} exists already.`, "Work on that one, or choose another id.");
  if (!isIdentifier(id)) throw new Refusal(`"${id}" is a word of the language.`, another);
  if (takenNames.test(id))
    throw new Refusal(`@auth/${id} on the public registry is a package of Auth.js.`, another);
  if (new RegExp(`^  "?${id}"?:`, "m").test(readFileSync(path.join(root, "pnpm-workspace.yaml"), "utf8")))
    throw new Refusal(`${id} is the name of a package that is used here.`, another);
  const owner = wordInCore(root, id);
  if (owner !== undefined)
    throw new Refusal(`Core has the word "${id}" in ${owner}, and core names no provider.`, another);
}

function isIdentifier(id: string): boolean {
  try {
    return id !== "await" && new Script(`"use strict"; const ${variableOf(id)} = 0;`) instanceof Script;
  } catch {
    return false;
  }
}

/** acme-mail → acmeMail */
export function variableOf(id: string): string {
  return id.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

/** The file of core whose code has an id as a word: what the lint rule against providers in core would find. */
function wordInCore(root: string, id: string): string | undefined {
  const word = new RegExp(`(?<![a-z])${id}(?![a-z])`, "i");
  return globSync("packages/core/src/**/*.ts", {
    cwd: root,
    exclude: ["**/*.test.ts", "**/fixtures/**"],
  }).find((file) => {
    const code = readFileSync(path.join(root, file), "utf8").replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
    return word.test(code.replaceAll(/([a-z])([A-Z])/g, "$1 $2"));
  });
}

function httpsUrl(option: string, text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // It is written into comments and texts, which an asterisk or a quotation mark could end.
  const plain = /^https:[\w:/.~%-]+$/.test(url?.href ?? "");
  if (url === undefined || !plain || url.username !== "")
    throw new Refusal(
      `"${text}" is no address of a service.`,
      `Give --${option} https://…, without a query or other signs.`,
    );
  return url;
}

/** `https://api.acme.example`, or with a path `https://api.acme.example/v2`: other paths are joined to it. */
function withoutSlash({ href }: URL): string {
  return href.replace(/\/+$/, "");
}
