import { describe, expect, it } from "vitest";

import { classify } from "./classify.ts";

const asked = { now: () => 0, tokenUrl: "https://huggingface.co/settings/tokens" };

function classified(status: number, body: unknown, headers: Record<string, string> = {}) {
  return classify({ status, headers: new Headers(headers), body, source: "env HF_TOKEN" }, asked);
}

describe("a 401", () => {
  it("says that the token is bad only in the words for that, which are left to the status", () => {
    const error = "Invalid credentials in Authorization header";
    expect(classified(401, { error })).toMatchObject({ reason: error });
    expect(classified(401, { error }).code).toBeUndefined();
  });

  it("says by the words for somebody without a token that none arrived", () => {
    const told = classified(401, { error: "Invalid username or password." });
    expect(told).toMatchObject({
      code: "AUTH_RESPONSE_MALFORMED",
      reason: expect.stringContaining("no token arrived"),
      remedy: expect.stringMatching(/proxy.*Authorization/),
    });
  });

  it("of a gate says that the token is not known: a known one gets a 403", () => {
    const gate = { "x-error-code": "GatedRepo", "x-error-message": "Access to model a/b is restricted." };
    expect(classified(401, undefined, gate)).toMatchObject({ code: "AUTH_TOKEN_REJECTED" });
    expect(classified(403, undefined, gate)).toMatchObject({
      code: "AUTH_PERMISSION_DENIED",
      remedy: "Ask for access on the repository's page.",
    });
  });
});

describe("a 403 or 404, which only a known token gets", () => {
  it.each([
    [
      "a token that has to be approved",
      403,
      "Due to the organization token policy, your token needs to be approved by the organization before you can access this resource.",
      /administrator.*approve/,
    ],
    [
      "a token that an organization revoked",
      403,
      "Your token has been revoked by the organization administrator, please use another.",
      /another token/,
    ],
    [
      "a permission that lacks",
      403,
      "This authentication method does not have sufficient permissions to call Inference Providers on behalf of user ada",
      /Give the token the permission/,
    ],
  ])("tells %s apart", (_, status, error, remedy) => {
    expect(classified(status, { error })).toMatchObject({
      code: "AUTH_PERMISSION_DENIED",
      reason: error,
      remedy: expect.stringMatching(remedy),
    });
  });

  it("says of a repository that is not seen that it may be hidden", () => {
    expect(
      classified(404, { error: "Repository not found" }, { "x-error-code": "RepoNotFound" }),
    ).toMatchObject({
      code: "AUTH_PERMISSION_DENIED",
      reason: "the repository does not exist, or the token may not see it",
    });
    for (const code of ["EntryNotFound", "RevisionNotFound"])
      expect(classified(404, {}, { "x-error-code": code }).code).toBeUndefined();
  });
});

describe("the reason", () => {
  it.each<[string, unknown, Record<string, string>, string | undefined]>([
    ["the header's, which a HEAD has too", { error: "Body" }, { "x-error-message": "Header" }, "Header"],
    ["the body's", { error: "Body" }, {}, "Body"],
    ["the first of a list", { error: ["First", "Second"] }, {}, "First"],
    ["OAuth's description", { error: "invalid_grant", error_description: "Because" }, {}, "Because"],
    ["the router's", { error: { message: "Router", type: "permission_error" } }, {}, "Router"],
    ["the first of several", { errors: [{}, { message: "Each" }] }, {}, "Each"],
    ["none in a page", "<h1>Bad gateway</h1>", {}, undefined],
    ["none in null", null, {}, undefined],
    ["none of the prototype's", Object.create({ error: "No" }), {}, undefined],
    ["none of another type", { error: 7, errors: {}, message: [] }, {}, undefined],
  ])("is %s", (_, body, headers, reason) => {
    expect(classified(400, body, headers).reason).toBe(reason);
  });
});

it.each([
  [{ "x-request-id": "Root=1-a;b", "x-amzn-trace-id": "c" }, "Root=1-a;b"],
  [{ "x-amzn-trace-id": "c", "x-amz-cf-id": "d" }, "c"],
  [{ "x-amz-cf-id": "d" }, "d"],
  [{}, undefined],
] as [Record<string, string>, string | undefined][])("takes the id of the answer from %j", (headers, id) => {
  expect(classified(500, undefined, headers).requestId).toBe(id);
});

it("waits for the window's end after a 429 only where nothing is left of it", () => {
  expect(classified(429, {}, { ratelimit: '"api";r=0;t=17' }).retryAfterMs).toBe(17_000);
  const whoami = classified(429, {}, { ratelimit: '"api";r=9;t=17', "retry-after": "3" });
  expect(whoami.retryAfterMs).toBe(3_000);
  expect(Object.keys(classified(503, {}, { "retry-after": "3" }))).not.toContain("retryAfterMs");
});
