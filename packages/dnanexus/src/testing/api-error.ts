import type { LoopbackAnswer } from "@auth/testing/loopback";

/** An error of the service: thrown by a route, answered as `{ error: { type, message } }`. */
export class ApiError extends Error {
  readonly type: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(type: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.type = type;
    this.status = statusOf(type);
    this.headers = headers;
  }
}

export function errorAnswer({ type, message, status, headers }: ApiError): LoopbackAnswer {
  return { status, headers, body: { error: { type, message } } };
}

export function notFound(id: string): ApiError {
  return new ApiError("ResourceNotFound", `"${id}" could not be found`);
}

/** The status that goes with a type. The status of the three errors of a login is not documented: 400 here. */
export function statusOf(type: string): number {
  return statuses.get(type) ?? 400;
}

/** The type that goes with a status, for failures that only a status is given for. */
export function typeOf(status: number): string | undefined {
  return [...statuses].find(([, one]) => one === status)?.[0];
}

const statuses: ReadonlyMap<string, number> = new Map([
  ["MalformedJSON", 400],
  ["InvalidAuthentication", 401],
  ["PermissionDenied", 401],
  ["SpendingLimitExceeded", 403],
  ["OrgExpired", 403],
  ["ResourceNotFound", 404],
  ["InvalidInput", 422],
  ["InvalidState", 422],
  ["InvalidType", 422],
  ["RateLimitConditional", 429],
  ["InternalError", 500],
  ["ServiceUnavailable", 503],
]);
