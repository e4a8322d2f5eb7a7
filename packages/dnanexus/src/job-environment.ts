import process from "node:process";

import type { Environment } from "@auth/core";

import { trimmedVariable } from "./environment-place.ts";

/** The DNAnexus job that a program runs in. */
export interface JobEnvironment {
  /** `job-…` */
  readonly id: string;
  /** `project-…`: the project that the job runs in. */
  readonly projectId?: string;
  /** `container-…`: the job's temporary workspace. */
  readonly workspaceId?: string;
}

/**
 * The job that an environment belongs to; `undefined` outside a job. A `DX_JOB_ID` that is set and not blank makes a job,
 * whatever it looks like. `DX_WORKSPACE_ID` counts in a job only. Default: the process's environment, read at the call.
 *
 * @see https://documentation.dnanexus.com/developer/apps/execution-environment (read 2026-11)
 */
export function jobEnvironment(env: Environment = process.env): JobEnvironment | undefined {
  const id = trimmedVariable(env, "DX_JOB_ID");
  if (id === undefined) return undefined;
  const projectId = trimmedVariable(env, "DX_PROJECT_CONTEXT_ID");
  const workspaceId = trimmedVariable(env, "DX_WORKSPACE_ID");
  return {
    id,
    ...(projectId !== undefined && { projectId }),
    ...(workspaceId !== undefined && { workspaceId }),
  };
}

/** Whether an id has the shape of a real job's. */
export function isJobId(id: string): boolean {
  return /^job-[0-9A-Za-z]{24}$/.test(id);
}
