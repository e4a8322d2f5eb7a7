import { describe, expect, it } from "vitest";

import { classify } from "./classify.ts";

const asked = { region: "us", ownBaseUrl: false, now: () => 1_000 } as const;

function classified(
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
  region: "us" | "eu" = "us",
) {
  return classify(
    { status, headers: new Headers(headers), body, source: "option token" },
    { ...asked, region },
  );
}

describe("with a code", () => {
  it.each([
    ["invalid_authorization_header", 401, "AUTH_TOKEN_REJECTED"],
    ["invalid_api_token", 401, "AUTH_TOKEN_REJECTED"],
    ["invalid_oauth_token", 401, "AUTH_TOKEN_REJECTED"],
    ["wrong_region_token", 401, "AUTH_TOKEN_REJECTED"],
    ["permission_denied", 403, "AUTH_PERMISSION_DENIED"],
    ["not_found", 404, "AUTH_RESPONSE_MALFORMED"],
    ["method_not_allowed", 405, "AUTH_RESPONSE_MALFORMED"],
    ["rate_limited", 429, "AUTH_RATE_LIMITED"],
  ])("judges by it: %s", (code, status, meaning) => {
    expect(classified(status, { errors: ["Because!"], code })).toMatchObject({ code: meaning });
    // Even under a status that says something else.
    expect(classified(418, { errors: ["Because!"], code })).toMatchObject({ code: meaning });
  });

  it("leaves a code that nobody knows to the status", () => {
    expect(classified(401, { errors: ["Because!"], code: "brand_new" }).code).toBeUndefined();
    expect(classified(401, { errors: ["Because!"], code: "constructor" }).code).toBeUndefined();
  });

  it("does not look for the other region's host in the text", () => {
    const body = { errors: ["Not like on api.eu.usepylon.com!"], code: "invalid_api_token" };
    expect(classified(401, body)).toMatchObject({
      reason: "Not like on api.eu.usepylon.com!",
      remedy: undefined,
    });
  });

  it("says of a header that arrived in another form that something changed it", () => {
    expect(classified(401, { code: "invalid_authorization_header" }).remedy).toMatch(/proxy/);
  });
});

describe("a token of the other region", () => {
  const remedies = {
    us: 'Pass region: "eu" or set PYLON_REGION=eu.',
    eu: 'Pass region: "us" or set PYLON_REGION=us.',
  };

  it.each(["us", "eu"] as const)("is told by its code, asked in %s", (region) => {
    const told = classified(401, { errors: ["Other region!"], code: "wrong_region_token" }, {}, region);
    expect(told).toMatchObject({ code: "AUTH_TOKEN_REJECTED", remedy: remedies[region] });
  });

  it.each([
    ["us", "This is for api.eu.usepylon.com."],
    ["eu", "This is for https://api.usepylon.com/."],
  ] as const)("is told without a code by the other host's name, asked in %s", (region, text) => {
    const told = classified(401, { errors: ["Invalid API token!", text] }, {}, region);
    expect(told).toMatchObject({ code: "AUTH_TOKEN_REJECTED", remedy: remedies[region] });
  });

  it.each([
    ["the host that was asked", "us", 401, "Not good for api.usepylon.com."],
    ["the host that was asked", "eu", 401, "Not good for api.eu.usepylon.com."],
    ["another host, under a status that refuses no token", "us", 503, "Try api.eu.usepylon.com."],
  ] as const)("is not told by %s (%s, %i)", (_, region, status, text) => {
    expect(classified(status, { errors: [text] }, {}, region)).toMatchObject({
      code: undefined,
      remedy: undefined,
    });
  });

  it("is told to need another baseUrl as well, where the caller gave one", () => {
    const body = { code: "wrong_region_token" };
    const answer = { status: 401, headers: new Headers(), body, source: "option token" };
    const { remedy } = classify(answer, { ...asked, ownBaseUrl: true });
    expect(remedy).toBe('Pass region: "eu" or set PYLON_REGION=eu, with a baseUrl of that region.');
  });
});

describe("without a code", () => {
  it.each([
    ["an error from before September 2026", { errors: ["Invalid API token!"], request_id: "r-1" }],
    ["a gateway's page", "<h1>Bad gateway</h1>"],
    ["an empty body", undefined],
    ["null", null],
    ["a list", [{ code: "rate_limited" }]],
    ["a code of another type", { code: 401 }],
    ["a code of the prototype's", Object.create({ code: "rate_limited" })],
  ])("leaves it to the status: %s", (_, body) => {
    expect(classified(401, body).code).toBeUndefined();
  });
});

describe("beside the code", () => {
  it("takes the first text among the errors as the reason, whatever else is there", () => {
    expect(classified(400, { errors: ["First!", "Second!"] }).reason).toBe("First!");
    expect(classified(400, { errors: [{}, " ", "Third!"] }).reason).toBe("Third!");
    expect(classified(400, { errors: "Text!" }).reason).toBeUndefined();
    expect(classified(400, { errors: [] }).reason).toBeUndefined();
  });

  it("takes the request id of the body", () => {
    expect(classified(400, { request_id: "r-1" }).requestId).toBe("r-1");
    expect(classified(400, { request_id: 7 }).requestId).toBeUndefined();
  });

  it("takes the wait of X-Retry-After, in seconds and a day at most", () => {
    expect(classified(429, {}, { "x-retry-after": "7" }).retryAfterMs).toBe(7_000);
    expect(classified(429, {}, { "x-retry-after": "99999999" }).retryAfterMs).toBe(86_400_000);
    expect(classified(429, {}, { "x-retry-after": "-1" }).retryAfterMs).toBeUndefined();
    expect(classified(429, {}, { "x-retry-after": "soon" }).retryAfterMs).toBeUndefined();
    expect(classified(429, {}, {}).retryAfterMs).toBeUndefined();
  });
});
