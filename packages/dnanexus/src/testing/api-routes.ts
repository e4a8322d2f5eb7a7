import { field } from "@auth/core";

import { ApiError } from "./api-error.ts";
import { isEnough, levelOf } from "./permission.ts";
import type { Call, Route } from "./route.ts";
import type { StoredToken } from "./token-store.ts";

/** The routes of the API server. */
export const apiRoutes: readonly Route[] = [
  { path: "/system/whoami", answer: (call) => ({ id: bearer(call).userId }) },
  { path: "/system/greet", anonymous: true, answer: () => ({ messages: [] }) },
  { path: "/system/headers", anonymous: true, answer: ({ headers }) => headers },
  { path: "/system/comeBackLater", anonymous: true, answer: comeBackLater },
  { path: "/system/findProjects", answer: findProjects },
  { path: "/user-*/describe", answer: describeUser },
  { path: "/project-*/describe", answer: describeProject },
  { path: "/job-*/describe", answer: describeJob },
];

/** The token of a call to a route that asks for one. */
export function bearer({ token }: Call): StoredToken {
  if (token === undefined) throw new Error("The route lets calls without a token in.");
  return token;
}

/** As on the service's own test systems: throttled until an instant that the call names. */
function comeBackLater({ input, now }: Call): object {
  const until = field(input, "waitUntil");
  if (typeof until !== "number") throw new ApiError("InvalidInput", "waitUntil must be a number");
  if (now() >= until) return { currentTime: Math.trunc(now()) };
  const isTold = field(input, "setRetryAfter") !== false;
  const message = "Some resource was temporarily unavailable; please try again later";
  throw new ApiError("ServiceUnavailable", message, isTold ? { "retry-after": "2" } : {});
}

function describeUser(call: Call): object {
  const user = call.directory.users.get(call.objectId.toLowerCase());
  if (user === undefined) throw notFound(call.objectId);
  const { userId, scope, job } = bearer(call);
  const id = call.objectId.toLowerCase();
  const { handle, first = "", middle = "", last = "", email = `${handle}@example.com` } = user;
  const known = { id, class: "user", first, middle, last, handle };
  // Others see the name alone, and so does a token without full scope.
  const seesAll = userId === id && "full" in scope && job === undefined;
  return select(call.input, seesAll ? { ...known, email, billTo: id } : known);
}

function describeProject(call: Call): object {
  const project = call.directory.projects.find(({ id }) => id === call.objectId);
  if (project === undefined) throw notFound(call.objectId);
  const level = levelOf(bearer(call), project);
  if (!isEnough(level, "VIEW")) {
    throw new ApiError(
      "PermissionDenied",
      `VIEW permission required in ${project.id} to perform this action`,
    );
  }
  return select(call.input, { id: project.id, class: "project", name: project.name, level });
}

function describeJob(call: Call): object {
  const job = call.directory.jobs.get(call.objectId);
  if (job === undefined) throw notFound(call.objectId);
  const token = bearer(call);
  const allowed = token.job === undefined ? token.userId === job.launchedBy : token.job.id === job.id;
  if (!allowed) throw new ApiError("PermissionDenied", `VIEW permission required to describe ${job.id}`);
  const { id, projectId, workspaceId, launchedBy, rootExecution = id, parentJob = null } = job;
  const isAlive = call.store.list().some((one) => one.job?.id === id);
  return select(call.input, {
    id,
    class: "job",
    name: "align",
    project: projectId,
    workspace: workspaceId,
    region: "aws:us-east-1",
    executable: `applet-${"C".repeat(24)}`,
    function: "main",
    rootExecution,
    parentJob,
    launchedBy,
    created: job.createdAt ?? 0,
    ...(isAlive ? { state: "running" } : ended),
  });
}

/** A job whose token was ended with the one that launched it. */
const ended = {
  state: "failed",
  failureReason: "AuthError",
  failureMessage: "The launching authentication token has been revoked or expired",
};

function findProjects(call: Call): object {
  const { input, directory } = call;
  const token = bearer(call);
  const needed = field(input, "level");
  const limit = field(input, "limit");
  const starting = field(input, "starting");
  const seen = directory.projects.flatMap((project) => {
    const level = levelOf(token, project);
    return isEnough(level, typeof needed === "string" ? needed : "VIEW") ? [{ ...project, level }] : [];
  });
  const first = starting === undefined || starting === null ? 0 : seen.findIndex(({ id }) => id === starting);
  if (first === -1)
    throw new ApiError("InvalidInput", "starting is not an id that an earlier answer gave as next");
  const behind = first + (typeof limit === "number" && limit > 0 ? Math.min(limit, 1000) : 1000);
  const describe = field(input, "describe") === true;
  const results = seen.slice(first, behind).map(({ id, name, level }) => ({
    id,
    level,
    permissionSources: [token.userId],
    public: false,
    ...(describe && { describe: { id, name } }),
  }));
  return { results, next: seen[behind]?.id ?? null };
}

/** `fields` of the input adds to the default fields, or replaces them with `defaultFields: false`. */
function select(input: object, described: object): object {
  const fields = field(input, "fields");
  if (fields === undefined || field(input, "defaultFields") === true) return described;
  return Object.fromEntries(
    Object.entries(described).filter(([name]) => name === "id" || field(fields, name) === true),
  );
}

function notFound(id: string): ApiError {
  return new ApiError("ResourceNotFound", `"${id}" could not be found`);
}
