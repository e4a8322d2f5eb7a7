import type { Environment } from "@auth/core";

import { type ConfigLayer, decide, valueIn } from "../config/config-layer.ts";
import { environmentPlace, trimmedVariable } from "../config/environment-place.ts";
import { process } from "../platform.ts";

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
  return jobIn(environmentPlace(env).read());
}

/** The job that a place names: the environment's, or the one whose environment was saved by `dx setenv --current`. */
export function jobIn(layer: ConfigLayer): JobEnvironment | undefined {
  const id = valueIn(layer, "DX_JOB_ID");
  if (id === undefined) return undefined;
  const projectId = valueIn(layer, "DX_PROJECT_CONTEXT_ID");
  const workspaceId = valueIn(layer, "DX_WORKSPACE_ID");
  return {
    id,
    ...(projectId !== undefined && { projectId }),
    ...(workspaceId !== undefined && { workspaceId }),
  };
}

/** The job of the place that the token comes from, else the environment's. */
export function currentJob(layers: readonly ConfigLayer[]): JobEnvironment | undefined {
  const deciding = decide(layers, "DX_SECURITY_CONTEXT")?.layer;
  const environment = layers.find(({ place }) => place.kind === "environment");
  return [deciding, environment].flatMap((layer) => (layer && jobIn(layer)) ?? [])[0];
}

/** Whether an environment is that of a job, and nothing that only looks like one: the platform gives each its own token. */
export function isRealJob(env: Environment): boolean {
  const id = trimmedVariable(env, "DX_JOB_ID");
  return id !== undefined && isJobId(id) && trimmedVariable(env, "DX_SECURITY_CONTEXT") !== undefined;
}

/** Whether an id has the shape of a real job's. */
export function isJobId(id: string): boolean {
  return /^job-[0-9A-Za-z]{24}$/.test(id);
}
