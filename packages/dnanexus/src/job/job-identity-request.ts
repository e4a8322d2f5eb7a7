import {
  type Auth,
  AuthError,
  type Classification,
  ownField,
  isAuthError,
  type ServiceAnswer,
  type Token,
} from "@auth/core";
import { callService } from "@auth/core/service";

import { apiErrorOf } from "../service/api-error.ts";
import { classify } from "../service/classify.ts";
import { dnanexusApi } from "../service/dnanexus-api.ts";

export interface IdentityTokenRequest {
  readonly auth: Auth;
  /** `job-…` */
  readonly job: string;
  readonly audience: string;
  readonly subjectClaims: readonly string[];
  /** Milliseconds. */
  readonly timeoutMs: number;
  readonly fetch: typeof globalThis.fetch | undefined;
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/** Asks DNAnexus for a job's identity token. Where the auth has another token than the one refused, it is tried too. */
export async function requestIdentityToken(request: IdentityTokenRequest): Promise<string> {
  const { auth, audience, signal } = request;
  if (typeof audience !== "string" || audience.trim() === "") {
    throw new AuthError("AUTH_PROVIDER_INVALID", {
      provider: "dnanexus",
      message: "The option audience of an identity token is missing.",
      remedy: "Pass the audience that the receiver expects, such as sts.amazonaws.com.",
    });
  }
  const token = await auth.token({ signal });
  try {
    return await send(request, token);
  } catch (error) {
    if (!isAuthError(error, "AUTH_TOKEN_REJECTED") && !isAuthError(error, "AUTH_TOKEN_EXPIRED")) throw error;
    auth.reject(token);
    const next = await auth.token({ signal }).catch(() => undefined);
    if (next === undefined || next.fingerprint() === token.fingerprint()) throw error;
    return send(request, next);
  }
}

async function send(request: IdentityTokenRequest, token: Token): Promise<string> {
  const { auth, job, audience, subjectClaims, timeoutMs, fetch, now, signal } = request;
  const url = new URL(`/${encodeURIComponent(job)}/getIdentityToken`, auth.baseUrl).href;
  const { body, status, requestId } = await callService({
    provider: auth.provider,
    origins: auth.origins,
    url,
    headers: await auth.headers(url),
    // An empty array of claims is refused.
    body: { audience, ...(subjectClaims.length > 0 && { subject_claims: subjectClaims }) },
    source: token.source,
    secrets: [token.reveal()],
    fetch,
    now,
    timeoutMs,
    signal,
    ...dnanexusApi((answer) => meaning(answer, job)),
  });
  const identityToken = ownField(body, "Token");
  if (typeof identityToken === "string" && identityToken !== "") return identityToken;
  throw new AuthError("AUTH_RESPONSE_MALFORMED", {
    provider: auth.provider.id,
    message: `DNAnexus answered getIdentityToken of ${job} without a token.`,
    remedy: "Check that baseUrl, or DX_APISERVER_HOST, is the address of a DNAnexus API server.",
    status,
    requestId,
  });
}

function meaning(answer: ServiceAnswer, job: string): Classification {
  const isOwn = answer.source.endsWith(` (job ${job})`);
  return {
    ...classify(answer, isOwn ? { id: job } : undefined),
    ...optionError(apiErrorOf(answer.body)?.type, job),
  };
}

/** Errors that mean something else here than in other methods. */
function optionError(type: string | undefined, job: string): Classification {
  switch (type) {
    case "InvalidInput":
      return {
        code: "AUTH_PROVIDER_INVALID",
        remedy: "Correct the options audience and subjectClaims: only names that DNAnexus knows are claims.",
      };
    case "ResourceNotFound":
      return {
        code: "AUTH_PROVIDER_INVALID",
        remedy: `Check DX_JOB_ID, or the option job: the server does not know ${job}.`,
      };
    case "PermissionDenied":
      return {
        code: "AUTH_PERMISSION_DENIED",
        remedy: `Use the token that the platform gave ${job} itself: no other may ask for its identity token.`,
      };
    default:
      return {};
  }
}
