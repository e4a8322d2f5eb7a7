import { ownField } from "@auth/core";

/** What the API and the auth server say of a call that failed: `{"error": {"type", "message"}}`. */
export interface ApiError {
  readonly type: string;
  /** Empty where there is none. */
  readonly message: string;
}

/** `undefined` where the answer has no error with a type, such as a gateway's. */
export function apiErrorOf(body: unknown): ApiError | undefined {
  const error = ownField(body, "error");
  const type = ownField(error, "type");
  if (typeof type !== "string") return undefined;
  const message = ownField(error, "message");
  return { type, message: typeof message === "string" ? message : "" };
}

/** What went wrong, in the service's words. */
export function reasonOf(type: string, message: unknown): string {
  return typeof message === "string" && message !== "" ? `${type}: ${message}` : type;
}
