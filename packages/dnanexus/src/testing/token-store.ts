import { createHash } from "node:crypto";

/** `{ full: true }`, or levels by project, with `*` for all of them. */
export type FakeScope =
  | { readonly full: true }
  | { readonly projects: Readonly<Record<string, string>>; readonly phiAccess?: boolean };

/** What the service knows of a token. */
export interface FakeToken {
  /** The user whom it speaks for: `alice` or `user-alice`. */
  readonly user: string;
  /** Default: `api`; `job` where there is a `job`. */
  readonly kind?: "login" | "api" | "job";
  /** Milliseconds since the epoch. Default: never. */
  readonly expiresAt?: number;
  /** Default: `{ full: true }`. */
  readonly scope?: FakeScope;
  readonly label?: string;
  /** The job that it was derived for. */
  readonly job?: FakeJobToken;
  /** The token that it was derived from, which ends it with its own end. */
  readonly parent?: string;
}

/** A job's own token, and what it stands for. */
export interface FakeJobToken {
  /** `job-…` */
  readonly id: string;
  /** `project-…` */
  readonly projectId?: string;
  /** `container-…` */
  readonly workspaceId?: string;
  /** What the `access` entry of its `dxapp.json` asked for. Default: nothing beyond the workspace. */
  readonly access?: { readonly project?: string; readonly allProjects?: string };
}

/** A token as it is kept: by signature, never as it is. */
export interface StoredToken {
  /** Lower-case hexadecimal SHA-256 of the token. */
  readonly signature: string;
  /** `user-…` */
  readonly userId: string;
  readonly kind: "login" | "api" | "job";
  readonly expiresAt: number | undefined;
  readonly scope: FakeScope;
  readonly label: string | undefined;
  readonly job: FakeJobToken | undefined;
  readonly parentSignature: string | undefined;
}

export interface TokenStore {
  /** The parent is given by its signature where the service derives a token, and in the facts where a test does. */
  add(token: string, facts: FakeToken, parentSignature?: string): StoredToken;
  find(token: string): StoredToken | undefined;
  findBySignature(signature: string): StoredToken | undefined;
  /** Ends a token and all that were derived from it. */
  destroy(signature: string): void;
  list(): readonly StoredToken[];
}

export function createTokenStore(): TokenStore {
  const tokens = new Map<string, StoredToken>();

  function destroy(signature: string): void {
    tokens.delete(signature);
    for (const token of tokens.values()) {
      if (token.parentSignature === signature) destroy(token.signature);
    }
  }

  return {
    add(token, { user, kind, expiresAt, scope, label, job, parent }, parentSignature) {
      const stored: StoredToken = {
        signature: signatureOf(token),
        userId: userIdOf(user),
        kind: kind ?? (job === undefined ? "api" : "job"),
        expiresAt,
        scope: scope ?? { full: true },
        label,
        job,
        parentSignature: parent === undefined ? parentSignature : signatureOf(parent),
      };
      tokens.set(stored.signature, stored);
      return stored;
    },
    find: (token) => tokens.get(signatureOf(token)),
    findBySignature: (signature) => tokens.get(signature),
    destroy,
    list: () => [...tokens.values()],
  };
}

/** Lower-case hexadecimal SHA-256: what the service calls the signature of a token. */
export function signatureOf(token: string): string {
  return createHash("sha256").update(token, "utf8").digest("hex");
}

/** `user-` and the lower-case handle, of a handle or of a user's id. */
export function userIdOf(user: string): string {
  return `user-${user.replace(/^user-/, "").toLowerCase()}`;
}
