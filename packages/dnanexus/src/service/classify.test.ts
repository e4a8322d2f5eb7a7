import { describe, expect, it } from "vitest";

import { classify } from "./classify.ts";

const answer = (
  type: unknown,
  message?: unknown,
  source = "option token",
): Parameters<typeof classify>[0] => ({
  body: { error: { type, message } },
  source,
});
const outside = undefined;
const job = { id: "job-BBBBBBBBBBBBBBBBBBBBBBBB", projectId: "project-AAAAAAAAAAAAAAAAAAAAAAAA" };

describe("classify", () => {
  it.each([
    ["InvalidAuthentication", "AUTH_TOKEN_REJECTED"],
    ["PermissionDenied", "AUTH_PERMISSION_DENIED"],
    ["SpendingLimitExceeded", "AUTH_PERMISSION_DENIED"],
    ["OrgExpired", "AUTH_PERMISSION_DENIED"],
    ["RateLimitConditional", "AUTH_RATE_LIMITED"],
    ["ServiceUnavailable", "AUTH_UNREACHABLE"],
    ["InternalError", "AUTH_UNREACHABLE"],
    ["ResourceNotFound", "AUTH_RESPONSE_MALFORMED"],
    ["MalformedJSON", "AUTH_RESPONSE_MALFORMED"],
    ["InvalidInput", "AUTH_RESPONSE_MALFORMED"],
    ["InvalidState", "AUTH_RESPONSE_MALFORMED"],
    ["InvalidType", "AUTH_RESPONSE_MALFORMED"],
  ])("takes %s for %s, whatever the status", (type, code) => {
    expect(classify(answer(type, "why"), outside)).toMatchObject({ code, reason: `${type}: why` });
  });

  it("tells an expired token by the service's words", () => {
    const message = "The supplied authentication token has expired";
    expect(classify(answer("InvalidAuthentication", message), outside).code).toBe("AUTH_TOKEN_EXPIRED");
    expect(classify(answer("InvalidAuthentication", "the token could not be found"), outside).code).toBe(
      "AUTH_TOKEN_REJECTED",
    );
  });

  it("looks for what takes the header away where the service saw none", () => {
    const message = "You need to be logged in to use this method";
    expect(classify(answer("InvalidAuthentication", message), outside).remedy).toContain(
      "Authorization header",
    );
  });

  it("explains a job's narrower token, and how to widen it", () => {
    const { remedy } = classify(answer("PermissionDenied", "no"), job);
    expect(remedy).toMatch(/`access` entry of dxapp\.json.*less than the user/);
    expect(classify(answer("PermissionDenied", "no"), outside).remedy).toBeUndefined();
  });

  it.each([
    [`VIEW permission required in ${job.projectId} to perform this action`, '{"project": "VIEW"}'],
    [`CONTRIBUTE permission required in project-${"E".repeat(24)}`, '{"allProjects": "CONTRIBUTE"}'],
  ])("names the entry that would allow it: %s", (message, entry) => {
    expect(classify(answer("PermissionDenied", message), job).remedy).toContain(
      `\`access\` entry of dxapp.json by ${entry} and build anew`,
    );
  });

  it("says that a job's refused token ended with the one that launched it", () => {
    expect(classify(answer("InvalidAuthentication", "x"), job).remedy).toContain("Launch the job anew");
  });

  it("names the way to a new token that fits the place of the old one", () => {
    const remedyFor = (source: string): string | undefined =>
      classify(answer("InvalidAuthentication", "x", source), outside).remedy;
    expect(remedyFor("file /home/a/environment.json")).toBe(
      "Run dx login, which replaces the token in file /home/a/environment.json.",
    );
    expect(remedyFor("env DX_SECURITY_CONTEXT")).toBe(
      "Replace the token in env DX_SECURITY_CONTEXT by a new one, made under Profile, API Tokens on https://platform.dnanexus.com/",
    );
  });

  it.each([
    ["a gateway's page", "<html>Gateway Timeout</html>"],
    ["no body", undefined],
    ["an error that is a text", { error: "invalid_grant" }],
    ["a type that is no text", { error: { type: 5 } }],
    ["an array", [{ error: { type: "PermissionDenied" } }]],
  ])("leaves %s to its status", (_, body) => {
    expect(classify({ body, source: "option token" }, outside)).toEqual({});
  });

  it("quotes a type that it does not know, and leaves it to its status", () => {
    expect(classify(answer("NewError"), outside)).toEqual({ reason: "NewError" });
  });

  it("recognises the end of the token that launched a job, whoever is told", () => {
    const message = "launching authentication token has been revoked or expired";
    const body = { error: { type: "AuthError", message } };
    expect(classify({ body, source: "option token" }, outside)).toMatchObject({
      code: "AUTH_TOKEN_REJECTED",
      remedy: expect.stringContaining("Launch the job anew"),
    });
  });
});
