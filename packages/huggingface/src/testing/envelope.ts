import type { LoopbackAnswer, LoopbackRequest } from "@auth/testing/loopback";

import type { RateState } from "./rate-window.ts";

/** An error as the Hub words it. */
export interface HubProblem {
  readonly status: number;
  readonly text: string;
  /** `X-Error-Code`, where there is one. */
  readonly code?: string;
}

/** Those marked as recorded have the Hub's own text. */
export const problems = {
  // Recorded. To whoever sends no token, where one is needed, and for what is missing or hidden.
  anonymous: { status: 401, text: "Invalid username or password." },
  // Recorded, without a full stop.
  unknownToken: { status: 401, text: "Invalid credentials in Authorization header" },
  entryNotFound: { status: 404, text: "Entry not found", code: "EntryNotFound" },
  revisionNotFound: { status: 404, text: "Invalid rev id", code: "RevisionNotFound" },
  repoNotFound: { status: 404, text: "Repository not found", code: "RepoNotFound" },
  noSuchPath: { status: 404, text: "Sorry, we can't find the page you are looking for." },
  badRequest: { status: 400, text: "The request is not valid." },
  notAllowed: { status: 403, text: "You don't have the required permissions to perform this operation." },
  tooMany: { status: 429, text: "We had to rate limit you." },
  internal: { status: 500, text: "Internal Error - We're working hard to fix this as soon as possible!" },
} as const satisfies Record<string, HubProblem>;

/** Recorded, for a token that is unknown as for none. */
export function gatedUnknown(repo: string): HubProblem {
  return {
    status: 401,
    code: "GatedRepo",
    text: `Access to model ${repo} is restricted. You must have access to it and be authenticated to access it. Please log in.`,
  };
}

export function gatedDenied(repo: string): HubProblem {
  return {
    status: 403,
    code: "GatedRepo",
    text: `Access to model ${repo} is restricted and you are not in the authorized list. Visit https://huggingface.co/${repo} to ask for access.`,
  };
}

type Headers = Readonly<Record<string, string>>;

/** What every answer of the Hub carries, whatever its status. */
function commonHeaders(request: LoopbackRequest, { bucket, limit, remaining, resetS }: RateState): Headers {
  const echoed = [request.headers["x-amzn-trace-id"], request.headers["x-request-id"]].find(
    (id) => typeof id === "string",
  );
  const root = `Root=1-${crypto.randomUUID().slice(0, 8)}-${crypto.randomUUID().replaceAll("-", "").slice(0, 24)}`;
  return {
    "content-type": "application/json; charset=utf-8",
    "x-powered-by": "huggingface-moon",
    "x-request-id": `${root};${echoed ?? crypto.randomUUID()}`,
    ratelimit: `"${bucket}";r=${remaining};t=${resetS}`,
    "ratelimit-policy": `"fixed window";"${bucket}";q=${limit};w=300`,
    "access-control-expose-headers": "X-Repo-Commit,X-Request-Id,X-Error-Code,X-Error-Message,ETag,Link",
  };
}

export function problemAnswer(
  { status, text, code }: HubProblem,
  request: LoopbackRequest,
  rate: RateState,
  headers: Headers = {},
): LoopbackAnswer {
  return {
    status,
    headers: {
      ...commonHeaders(request, rate),
      "x-error-message": text,
      ...(code !== undefined && { "x-error-code": code }),
      ...headers,
    },
    body: JSON.stringify({ error: text }),
  };
}

/** Any other answer: its body as JSON, unless it is a text. */
export function hubAnswer(answer: LoopbackAnswer, request: LoopbackRequest, rate: RateState): LoopbackAnswer {
  const { headers, body, ...rest } = answer;
  const text = typeof body === "string" || body === undefined ? body : JSON.stringify(body);
  return { ...rest, headers: { ...commonHeaders(request, rate), ...headers }, body: text };
}
