import type { JobEnvironment } from "../job/job-environment.ts";

/**
 * The remedy for what a job's token may not do: the entry of `access` that would allow it, where the service names the
 * project and the level that are missing, else all that there are.
 *
 * @see https://documentation.dnanexus.com/developer/apps/app-permissions (read 2026-11)
 */
export function jobPermission(message: string, { projectId }: JobEnvironment): string {
  const level = /\b(?:VIEW|UPLOAD|CONTRIBUTE|ADMINISTER)\b/.exec(message)?.[0];
  const project = /\bproject-[0-9A-Za-z]{24}\b/.exec(message)?.[0];
  const entry = project === projectId ? "project" : "allProjects";
  const missing =
    level === undefined || project === undefined
      ? "(network, project, allProjects, developer, projectCreation)"
      : `by {"${entry}": "${level}"}`;
  return `Widen the \`access\` entry of dxapp.json ${missing} and build anew: a job's token may do less than the user who launched it.`;
}
