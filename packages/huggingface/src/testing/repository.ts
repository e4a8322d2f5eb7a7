import type { KnownToken } from "./token-table.ts";

/** A repository of the fake. */
export interface FakeHuggingFaceRepo {
  /** Default: `model`. */
  readonly type?: "model" | "dataset" | "space";
  /** Whether only members of its organization, or its user, see it. Default: false. */
  readonly private?: boolean;
  /** Whether somebody has to be let in. Default: false. */
  readonly gated?: boolean;
  /** Its files by path, as text. */
  readonly files?: Readonly<Record<string, string>>;
  /** Files by path that are kept elsewhere, and got by a redirect to the CDN. */
  readonly large?: Readonly<Record<string, string>>;
  /** The name that it has now: requests for it are redirected there. */
  readonly renamedTo?: string;
}

/** A repository that is there. */
export interface KnownRepo {
  readonly name: string;
  readonly type: "model" | "dataset" | "space";
  readonly private: boolean;
  readonly gated: boolean;
  readonly files: Map<string, string>;
  readonly large: ReadonlyMap<string, string>;
  readonly renamedTo: string | undefined;
}

export type RepoTable = Map<string, KnownRepo>;

export const defaultRepos: Readonly<Record<string, FakeHuggingFaceRepo>> = {
  "acme/tiny": {
    files: { "config.json": '{"model_type":"tiny"}', "README.md": "# Tiny" },
    large: { "model.safetensors": "0123456789 weights" },
  },
  "acme/private": { private: true, files: { "config.json": '{"model_type":"private"}' } },
  "acme/gated": { gated: true, files: { "config.json": '{"model_type":"gated"}' } },
  "acme/old-name": { renamedTo: "acme/tiny" },
};

export function completeRepo(name: string, facts: FakeHuggingFaceRepo): KnownRepo {
  return {
    name,
    type: facts.type ?? "model",
    private: facts.private ?? false,
    gated: facts.gated ?? false,
    files: new Map(Object.entries(facts.files ?? {})),
    large: new Map(Object.entries(facts.large ?? {})),
    renamedTo: facts.renamedTo,
  };
}

/** Whether the owner of a token sees what is private below a name. */
export function sees(token: KnownToken | undefined, { name }: { readonly name: string }): boolean {
  const [namespace] = name.split("/");
  if (token === undefined) return false;
  const open = token.orgs.filter(({ securityRestrictions = [] }) => securityRestrictions.length === 0);
  return [token.owner, ...open].some((owner) => owner.name === namespace);
}

/** As the API lists it. */
export function describeRepo({ name, private: isPrivate, gated, files, large }: KnownRepo): object {
  return {
    _id: "621ffdc036468d709f17434d",
    id: name,
    modelId: name,
    private: isPrivate,
    gated: gated && "auto",
    downloads: 7,
    likes: 1,
    lastModified: "2026-10-02T08:00:00.000Z",
    sha: commitId,
    siblings: [...files.keys(), ...large.keys()].map((rfilename) => ({ rfilename })),
  };
}

/** The one commit of every repository. */
export const commitId = "0e9e39f249a16976918f6564b8830bc894c89659";
