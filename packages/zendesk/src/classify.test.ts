import { describe, expect, it } from "vitest";

import { classify } from "./classify.ts";
import type { TokenForm } from "./token-form.ts";

function classified(
  status: number,
  body: unknown,
  form: TokenForm = "bearer",
  headers: Record<string, string> = {},
) {
  const answer = { status, headers: new Headers(headers), body, source: "option token" };
  return classify(answer, { formOf: () => form });
}

const anonymous = { user: { id: null, name: "Anonymous user", role: "end-user" } };
const invalidToken = {
  error: "invalid_token",
  error_description: "The access token provided is expired, revoked, malformed or invalid for other reasons.",
};

describe("a token that Zendesk does not know", () => {
  it.each<[TokenForm, RegExp]>([
    ["bearer", /OAuth access token.*API token needs its user's email/],
    ["basic", /Check the email.*ZENDESK_OAUTH_TOKEN.*2027-04-30/],
    ["saved", /^Run zcli login\.$/],
  ])("is refused with what helps one that is sent as %s", (form, remedy) => {
    const refused = { code: "AUTH_TOKEN_REJECTED", remedy: expect.stringMatching(remedy) };
    expect(classified(200, anonymous, form)).toMatchObject({
      ...refused,
      reason: expect.stringContaining("anonymous user"),
    });
    expect(classified(401, { error: "Couldn't authenticate you" }, form)).toMatchObject({
      ...refused,
      reason: "Couldn't authenticate you",
    });
    expect(classified(401, invalidToken, form)).toMatchObject({
      ...refused,
      reason: invalidToken.error_description,
    });
  });

  it("is never answered with the advice to make an API token", () => {
    for (const form of ["bearer", "basic", "saved"] as const)
      expect(classified(401, {}, form).remedy).not.toMatch(
        /(?:make|create|new) (?:an? )?(?:new )?API token/i,
      );
  });

  it("is not meant by an answer that names somebody, or has no user at all", () => {
    for (const body of [{ user: { id: 1 } }, { tickets: [] }, {}, [], null, "text"])
      expect(classified(200, body)).toEqual({});
  });
});

describe("an error is read", () => {
  it.each<[string, unknown, string | undefined]>([
    ["as a text", { error: "Forbidden" }, "Forbidden"],
    [
      "as a text with a description",
      { error: "Forbidden", description: "You are missing the following required scopes: read" },
      "You are missing the following required scopes: read",
    ],
    [
      "as an object",
      { error: { title: "Forbidden", message: "You do not have access to this page." } },
      "You do not have access to this page.",
    ],
    ["as an object with a title alone", { error: { title: "Forbidden" } }, "Forbidden"],
    ["of nothing", { error: 7 }, undefined],
    ["of a page", "<h1>Blocked</h1>", undefined],
  ])("%s", (_, body, reason) => {
    const said = classified(403, body);
    // The status decides.
    expect([said.code, said.reason]).toEqual([undefined, reason]);
  });
});

it("a subdomain that nobody has is told from a record that is not there", () => {
  const error = { title: "No help desk at acme.zendesk.com", message: "There is no help desk configured." };
  expect(classified(404, { error })).toMatchObject({
    code: "AUTH_RESPONSE_MALFORMED",
    reason: "There is no help desk configured.",
    remedy: expect.stringContaining("ZENDESK_SUBDOMAIN"),
  });
  expect(classified(404, { error: "RecordNotFound", description: "Not found" })).toEqual({
    reason: "Not found",
  });
});

it("the id of an answer is the first of those that X-Request-Id has", () => {
  const headers = { "x-request-id": "3f2a, 3f2a" };
  expect(classified(401, {}, "bearer", headers).requestId).toBe("3f2a");
  expect(classified(200, anonymous, "bearer", headers).requestId).toBe("3f2a");
  expect(classified(401, {}).requestId).toBeUndefined();
});
