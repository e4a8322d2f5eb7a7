import { ownField } from "@auth/core";

import { ApiError, notFound } from "./api-error.ts";
import { bearer, type Call, type Route, select } from "./route.ts";

/** The routes of the API server, but for those of projects and identity tokens. */
export const apiRoutes: readonly Route[] = [
  { path: "/system/whoami", answer: (call) => ({ id: bearer(call).userId }) },
  { path: "/system/greet", anonymous: true, answer: () => ({ messages: [] }) },
  { path: "/system/headers", anonymous: true, answer: ({ headers }) => headers },
  { path: "/system/comeBackLater", anonymous: true, answer: comeBackLater },
  { path: "/user-*/describe", answer: describeUser },
  { path: "/job-*/describe", answer: describeJob },
];

/** As on the service's own test systems: throttled until an instant that the call names. */
function comeBackLater({ input, now }: Call): object {
  const until = ownField(input, "waitUntil");
  if (typeof until !== "number") throw new ApiError("InvalidInput", "waitUntil must be a number");
  if (now() >= until) return { currentTime: Math.trunc(now()) };
  const isTold = ownField(input, "setRetryAfter") !== false;
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
