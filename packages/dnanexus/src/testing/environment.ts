import { randomBytes } from "node:crypto";

import type { FakeJob } from "./directory.ts";
import { type FakeJobToken, type TokenStore, userIdOf } from "./token-store.ts";

/** The variables that lead a client to the service, and a login if there is one. */
export function clientEnvironment(url: string, token?: string): Record<string, string> {
  const { protocol, hostname, port } = new URL(url);
  return {
    DX_APISERVER_PROTOCOL: protocol.slice(0, -1),
    DX_APISERVER_HOST: hostname,
    DX_APISERVER_PORT: port,
    // With its scheme: the toolkit takes this text as the beginning of an address.
    DX_AUTHSERVER_HOST: `${protocol}//${hostname}`,
    DX_AUTHSERVER_PORT: port,
    ...(token !== undefined && { DX_SECURITY_CONTEXT: securityContext(token) }),
  };
}

/** A job to launch. */
export interface LaunchedJob extends Partial<FakeJobToken> {
  /** The token that launches it, and whose user it works for. Default: none; the job's token then stands alone. */
  readonly launchedWith?: string;
  /** The job that starts it, `job-…`: it shares that one's workspace, and ends with the same token. */
  readonly parentJob?: string;
  /** Who launches it, where no token does: a handle. Default: `alice`. */
  readonly user?: string;
  /** Default: a random one. */
  readonly token?: string;
  /** Milliseconds since the epoch. Default: as long as the launching token. */
  readonly expiresAt?: number;
}

/** Launches a job: derives its token and gives the variables that the platform would set for it. */
export function launchJob(
  url: string,
  job: LaunchedJob,
  store: TokenStore,
  jobs: ReadonlyMap<string, FakeJob>,
): { readonly environment: Record<string, string>; readonly job: FakeJob } {
  const starter = job.parentJob === undefined ? undefined : jobs.get(job.parentJob);
  if (job.parentJob !== undefined && starter === undefined) throw new Error("The parent job is not known.");
  const { id = starter === undefined ? letters("job", "B") : randomId("job") } = job;
  const { projectId = starter?.projectId ?? letters("project", "A") } = job;
  const { workspaceId = starter?.workspaceId ?? letters("container", "D") } = job;
  const { token = randomBytes(16).toString("hex"), access } = job;
  const ofStarter = store.list().find((one) => one.job?.id === starter?.id && starter !== undefined);
  const parent = job.launchedWith === undefined ? ofStarter : store.find(job.launchedWith);
  if (job.launchedWith !== undefined && parent === undefined)
    throw new Error("The launching token is not known.");
  const launchedBy = parent?.userId ?? userIdOf(job.user ?? "alice");
  const expiresAt = job.expiresAt ?? parent?.expiresAt;
  store.add(
    token,
    {
      user: launchedBy,
      job: { id, projectId, workspaceId, ...(access !== undefined && { access }) },
      ...(expiresAt !== undefined && { expiresAt }),
    },
    parent?.signature,
  );
  const { DX_AUTHSERVER_HOST: _host, DX_AUTHSERVER_PORT: _port, ...server } = clientEnvironment(url, token);
  return {
    environment: {
      ...server,
      DX_JOB_ID: id,
      DX_PROJECT_CONTEXT_ID: projectId,
      DX_WORKSPACE_ID: workspaceId,
      HOME: "/home/dnanexus",
    },
    job: {
      id,
      projectId,
      workspaceId,
      launchedBy,
      ...(starter !== undefined && {
        parentJob: starter.id,
        rootExecution: starter.rootExecution ?? starter.id,
      }),
    },
  };
}

/** A token as it stands in `DX_SECURITY_CONTEXT`. */
function securityContext(token: string): string {
  return JSON.stringify({ auth_token_type: "Bearer", auth_token: token });
}

function randomId(objectClass: string): string {
  return `${objectClass}-${randomBytes(12).toString("hex")}`;
}

function letters(objectClass: string, letter: string): string {
  return `${objectClass}-${letter.repeat(24)}`;
}
