import { expect, it, vi } from "vitest";

import { AuthError, isAuthError } from "./errors.ts";

const error = new AuthError("AUTH_TOKEN_NOT_FOUND", {
  provider: "acme",
  message: "No token was found.",
  remedy: "Set ACME_TOKEN to a token.",
});

it("says in its message who failed, what happened and what to do", () => {
  expect(error.message).toBe("acme: No token was found. Set ACME_TOKEN to a token.");
  expect(error).toBeInstanceOf(Error);
  expect(error.name).toBe("AuthError");
});

it("is recognised by its code", () => {
  expect(isAuthError(error)).toBe(true);
  expect(isAuthError(error, "AUTH_TOKEN_NOT_FOUND")).toBe(true);
  expect(isAuthError(error, "AUTH_TOKEN_REJECTED")).toBe(false);
});

it("is recognised when it comes from another copy of the class", () => {
  const foreign = Object.assign(new Error("other copy"), { code: "AUTH_UNREACHABLE" });
  Object.defineProperty(foreign, Symbol.for("auth-providers.AuthError"), { value: true });
  expect(isAuthError(foreign, "AUTH_UNREACHABLE")).toBe(true);
});

it("is an instance of the class of any copy, as each provider brings one, and of no class that extends it", async () => {
  vi.resetModules();
  const copy = await import("./errors.ts");
  expect(copy.AuthError).not.toBe(AuthError);
  const foreign = new copy.AuthError("AUTH_UNREACHABLE", {
    provider: "acme",
    message: "No answer came.",
    remedy: "Try again.",
  });

  expect(foreign instanceof AuthError).toBe(true);
  expect(error instanceof copy.AuthError).toBe(true);
  expect(isAuthError(foreign, "AUTH_UNREACHABLE")).toBe(true);
  expect(new Error("no answer") instanceof copy.AuthError).toBe(false);

  class OfAcme extends AuthError {}
  expect(foreign instanceof OfAcme).toBe(false);
  expect(
    new OfAcme("AUTH_UNREACHABLE", { provider: "acme", message: "x", remedy: "y" }) instanceof OfAcme,
  ).toBe(true);
});

it.each([undefined, null, "AUTH_UNREACHABLE", {}, new Error("x"), { code: "AUTH_UNREACHABLE" }])(
  "is not seen in what is none: %s",
  (value) => {
    expect(isAuthError(value)).toBe(false);
  },
);

it("has only the facts that there are, in JSON too", () => {
  expect(Object.keys(error)).toEqual(["code", "provider", "remedy"]);
  const full = new AuthError("AUTH_RATE_LIMITED", {
    provider: "acme",
    message: "Too often.",
    remedy: "Wait.",
    status: 429,
    requestId: "r-1",
    retryAfterMs: 1000,
  });
  expect(JSON.parse(JSON.stringify(full))).toEqual({
    name: "AuthError",
    message: "acme: Too often. Wait.",
    code: "AUTH_RATE_LIMITED",
    provider: "acme",
    remedy: "Wait.",
    status: 429,
    requestId: "r-1",
    retryAfterMs: 1000,
  });
});
