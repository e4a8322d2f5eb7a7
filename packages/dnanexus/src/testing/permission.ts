import type { FakeProject } from "./directory.ts";
import { type StoredToken, userIdOf } from "./token-store.ts";

const levels = ["NONE", "VIEW", "UPLOAD", "CONTRIBUTE", "ADMINISTER"];

/** Whether a level, such as `VIEW`, is enough where another is needed. */
export function isEnough(level: string | undefined, needed: string): boolean {
  return levels.indexOf(level ?? "NONE") >= Math.max(levels.indexOf(needed), 1);
}

/** What a token may do in a project: what its user may, and no more than its scope or its job's `access` says. */
export function levelOf(token: StoredToken, project: FakeProject): string | undefined {
  const member = Object.entries(project.members).find(([handle]) => userIdOf(handle) === token.userId)?.[1];
  return lesser(member, ceiling(token, project.id));
}

function ceiling({ job, scope }: StoredToken, projectId: string): string | undefined {
  if (job !== undefined) {
    const own = job.projectId === projectId ? job.access?.project : undefined;
    return greater(own, job.access?.allProjects);
  }
  return "full" in scope ? "ADMINISTER" : greater(scope.projects[projectId], scope.projects["*"]);
}

function lesser(one: string | undefined, other: string | undefined): string | undefined {
  return levels.indexOf(one ?? "NONE") <= levels.indexOf(other ?? "NONE") ? one : other;
}

function greater(one: string | undefined, other: string | undefined): string | undefined {
  return lesser(one, other) === one ? other : one;
}
