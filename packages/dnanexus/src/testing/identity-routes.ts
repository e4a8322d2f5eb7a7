import { ownField } from "@auth/core";

import { ApiError } from "./api-error.ts";
import type { FakeJob } from "./directory.ts";
import { jobClaims } from "./identity-tokens.ts";
import { bearer, type Call, type Route } from "./route.ts";

/** The route that gives a job its identity token. */
export const identityRoutes: readonly Route[] = [
  { path: "/job-*/getIdentityToken", answer: getIdentityToken },
];

// The types of the errors are not documented. These go by the service's general rules.
function getIdentityToken(call: Call): object {
  const job = call.directory.jobs.get(call.objectId);
  if (job === undefined) throw new ApiError("ResourceNotFound", `"${call.objectId}" could not be found`);
  if (bearer(call).job?.id !== job.id) {
    throw new ApiError("PermissionDenied", `Only ${job.id} itself may get its identity token`);
  }
  const audience = ownField(call.input, "audience");
  if (typeof audience !== "string" || audience === "")
    throw new ApiError("InvalidInput", "audience must be a nonempty string");
  const claims = claimsOf(job);
  const names = subjectClaims(ownField(call.input, "subject_claims"));
  const sub = names.map((name) => `${name};${claims[name] ?? ""}`).join(";");
  return { Token: call.identity.issue({ sub, aud: audience, ...claims }) };
}

function subjectClaims(given: unknown): readonly string[] {
  // What the service takes where none are asked for is not documented.
  if (given === undefined) return ["launched_by", "job_worker_ipv4"];
  if (!Array.isArray(given) || given.length === 0)
    throw new ApiError("InvalidInput", "subject_claims must be a nonempty array of strings");
  const unknown = given.find((name) => !jobClaims.includes(name));
  if (unknown !== undefined)
    throw new ApiError("InvalidInput", `subject_claims holds ${JSON.stringify(unknown)}, which is no claim`);
  return given as string[];
}

function claimsOf({
  id,
  projectId,
  launchedBy,
  rootExecution = id,
}: FakeJob): Readonly<Record<string, string | number>> {
  const applet = `applet-${"C".repeat(24)}`;
  return {
    job_id: id,
    job_try: 0,
    root_execution_id: rootExecution,
    root_executable_id: applet,
    root_executable_name: "align",
    executable_id: applet,
    ...(projectId !== undefined && { project_id: projectId }),
    bill_to: "org-acme",
    launched_by: launchedBy,
    region: "aws:us-east-1",
    job_worker_ipv4: "10.0.3.7",
  };
}
