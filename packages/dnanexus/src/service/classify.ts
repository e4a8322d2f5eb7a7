import type { Classification, ServiceAnswer } from "@auth/core";

import { type ApiError, apiErrorOf, reasonOf } from "./api-error.ts";
import type { JobEnvironment } from "../job/job-environment.ts";
import { jobPermission } from "./job-permission.ts";

const wrongServer =
  "Check that DX_APISERVER_PROTOCOL, DX_APISERVER_HOST and DX_APISERVER_PORT, or baseUrl, name a DNAnexus API server.";

/**
 * What an error of the API means, by its `error.type`: `InvalidAuthentication` and `PermissionDenied` share the status
 * 401. An answer without a type, such as a gateway's HTML page, is left to its status. `job` is the one that the token
 * was derived for, if it was.
 *
 * @see https://documentation.dnanexus.com/developer/api/protocols (read 2026-11)
 */
export function classify(
  { body, source }: Pick<ServiceAnswer, "body" | "source">,
  job: JobEnvironment | undefined,
): Classification {
  const error = apiErrorOf(body);
  return error === undefined
    ? {}
    : { reason: reasonOf(error.type, error.message), ...meaning(error, source, job) };
}

function meaning(
  { type, message }: ApiError,
  source: string,
  job: JobEnvironment | undefined,
): Classification {
  switch (type) {
    case "InvalidAuthentication":
    case "AuthError":
      return refusal(message, source, job !== undefined);
    case "PermissionDenied":
      return {
        code: "AUTH_PERMISSION_DENIED",
        ...(job !== undefined && { remedy: jobPermission(message, job) }),
      };
    case "RateLimitConditional":
      return { code: "AUTH_RATE_LIMITED" };
    case "ServiceUnavailable":
    case "InternalError":
      return { code: "AUTH_UNREACHABLE" };
    case "SpendingLimitExceeded":
      return {
        code: "AUTH_PERMISSION_DENIED",
        remedy: "Raise the spending limit of the billing account, or use another.",
      };
    case "OrgExpired":
      return {
        code: "AUTH_PERMISSION_DENIED",
        remedy: "Have the billing organization renewed, or use another.",
      };
    case "ResourceNotFound":
    case "MalformedJSON":
    case "InvalidInput":
    case "InvalidState":
    case "InvalidType":
      return { code: "AUTH_RESPONSE_MALFORMED", remedy: wrongServer };
    default:
      return {};
  }
}

function refusal(message: string, source: string, inJob: boolean): Classification {
  if (/need to be logged in/i.test(message)) {
    return {
      code: "AUTH_TOKEN_REJECTED",
      remedy: "Find what takes the Authorization header out on the way, such as a proxy: no token arrived.",
    };
  }
  // Of a job, the service says of its token what became of another one: revoked or expired, and not which.
  const ofLauncher = /launching (?:authentication )?token/i.test(message);
  const expired = /expired/i.test(message) && !ofLauncher;
  return {
    code: expired ? "AUTH_TOKEN_EXPIRED" : "AUTH_TOKEN_REJECTED",
    remedy: inJob || ofLauncher ? jobEnded : renewal(source),
  };
}

const jobEnded =
  "Launch the job anew: its token ends with the one that launched it, which was revoked or has expired.";

function renewal(source: string): string {
  return source.startsWith("file ")
    ? `Run dx login, which replaces the token in ${source}.`
    : `Replace the token in ${source} by a new one, made under Profile, API Tokens on https://platform.dnanexus.com/`;
}
