import type { AuthError } from "@auth/core";

/** By the mark that every copy of core puts on its errors: importing core for it would carry all of core along. */
export function isAuthError(error: unknown): error is AuthError {
  return (
    typeof error === "object" &&
    error !== null &&
    Object.hasOwn(error, Symbol.for("auth-providers.AuthError"))
  );
}
