import { userIdOf } from "./token-store.ts";

/** A user of the service. */
export interface FakeUser {
  readonly first?: string;
  readonly middle?: string;
  readonly last?: string;
  readonly email?: string;
  /** Without one, nobody can log in as this user with a password. */
  readonly password?: string;
  /** The verification code that a login asks for. Default: none is asked for. */
  readonly otp?: string;
}

/** A project, and who may do what in it. */
export interface FakeProject {
  /** `project-…` */
  readonly id: string;
  readonly name: string;
  /** What each user may do in it, by handle: `{ alice: "ADMINISTER" }`. */
  readonly members: Readonly<Record<string, string>>;
  /** Paths of its folders, as in `/results/2026`. Those above them are there too. Default: `/` alone. It holds no data. */
  readonly folders?: readonly string[];
}

/** What a job's description says of it beside its id. */
export interface FakeJob {
  readonly id: string;
  readonly projectId?: string;
  readonly workspaceId?: string;
  /** `user-…` */
  readonly launchedBy: string;
  /** `job-…`: of the tree that it belongs to. Default: itself. */
  readonly rootExecution?: string;
  /** `job-…`: of the job that started it, if one did. */
  readonly parentJob?: string;
  /** Milliseconds since the epoch. */
  readonly createdAt?: number;
}

/** The users, projects and jobs that the service knows. */
export interface FakeDirectory {
  readonly users: Map<string, FakeUser & { readonly handle: string }>;
  readonly projects: readonly FakeProject[];
  readonly jobs: Map<string, FakeJob>;
  addUser(handle: string, user?: FakeUser): void;
}

export function createDirectory(
  users: Readonly<Record<string, FakeUser>>,
  projects: readonly FakeProject[],
): FakeDirectory {
  const byId: FakeDirectory["users"] = new Map();
  const addUser = (user: string, facts: FakeUser = {}): void => {
    const id = userIdOf(user);
    if (!byId.has(id)) byId.set(id, { ...facts, handle: user.replace(/^user-/, "") });
  };
  for (const [handle, facts] of Object.entries(users)) addUser(handle, facts);
  return { users: byId, projects: [...projects], jobs: new Map(), addUser };
}
