import { describe, expect, it } from "vitest";

import { classify } from "./classify.ts";
import { readHost } from "./host.ts";
import { type GitHubProblemName, problemAnswer, problems } from "./testing/problems.ts";

const now = Date.parse("2026-11-28T12:00:00Z");
const asked = { host: readHost("github.com", {}), now: () => now };

/** What is made of an answer that GitHub is known to give. */
function classified(name: GitHubProblemName, headers: Record<string, string> = {}, source = "option token") {
  const { status = 0, headers: own, body } = problemAnswer(problems[name], { statusMember: true });
  const all = { ...own, ...headers } as Record<string, string>;
  return classify({ status, headers: new Headers(all), body, source }, asked);
}

function plain(status: number, body: unknown = {}, headers: Record<string, string> = {}) {
  return classify({ status, headers: new Headers(headers), body, source: "option token" }, asked);
}

describe("a 401", () => {
  it("is about the token, in GitHub's words", () => {
    expect(classified("bad_credentials")).toEqual({ code: "AUTH_TOKEN_REJECTED", reason: "Bad credentials" });
  });

  it("says of a token of gh how to log in again", () => {
    expect(classified("bad_credentials", {}, "command gh").remedy).toBe(
      "Run gh auth login --hostname github.com.",
    );
  });

  it.each<[string, Record<string, string>, GitHubProblemName]>([
    ["whose answer has the limit of nobody", { "x-ratelimit-limit": "60" }, "bad_credentials"],
    ["that asks for authentication", {}, "requires_authentication"],
  ])("%s is about a header that did not arrive", (_, headers, name) => {
    expect(classified(name, headers)).toMatchObject({
      code: "AUTH_TOKEN_REJECTED",
      remedy: expect.stringContaining("proxy"),
    });
  });

  it.each<GitHubProblemName>(["jwt_undecodable", "jwt_expiry_too_far", "jwt_expired", "jwt_issued_at"])(
    "of an app's JWT is about its key and this machine's clock, which is compared: %s",
    (name) => {
      const { code, reason, remedy } = classified(name, { date: "Sat, 28 Nov 2026 11:55:00 GMT" });
      expect(code).toBe("AUTH_TOKEN_REJECTED");
      expect(reason).toMatch(/; this machine's clock is 300 s ahead$/);
      expect(remedy).toMatch(/private key.*clock/);
      expect(classified(name, { date: "Sat, 28 Nov 2026 12:02:00 GMT" }).reason).toMatch(/120 s behind$/);
      expect(classified(name, { date: "Sat, 28 Nov 2026 12:00:05 GMT" }).reason).not.toMatch(/clock is/);
      expect(classified(name).reason).not.toMatch(/clock is/);
    },
  );
});

describe("a limit", () => {
  it.each([403, 429])("of the hour ends when GitHub says, by GitHub's clock: %i", (status) => {
    const reset = String(now / 1000 + 100);
    const headers = { "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset };
    const limited = { code: "AUTH_RATE_LIMITED", retryAfterMs: 100_000 };
    expect(plain(status, {}, headers)).toMatchObject(limited);
    const date = "Sat, 28 Nov 2026 12:01:00 GMT";
    expect(plain(status, {}, { ...headers, date })).toMatchObject({ ...limited, retryAfterMs: 40_000 });
  });

  it("of the hour has no end where GitHub says none that can be read", () => {
    for (const reset of ["", "soon", "-1", "9".repeat(40)]) {
      const said = plain(403, {}, { "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset });
      expect(said.code).toBe("AUTH_RATE_LIMITED");
      expect(said.retryAfterMs).toBeUndefined();
    }
  });

  it.each([403, 429])("for bursts ends as Retry-After says, or in a minute: %i", (status) => {
    const limited = { code: "AUTH_RATE_LIMITED" };
    expect(plain(status, {}, { "retry-after": "17", "x-ratelimit-remaining": "9" })).toMatchObject({
      ...limited,
      retryAfterMs: 17_000,
    });
    for (const documentation_url of [
      "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits",
      "https://developer.github.com/v3/#abuse-rate-limits",
    ])
      expect(plain(status, { documentation_url })).toMatchObject({ ...limited, retryAfterMs: 60_000 });
  });

  it("for bad logins says nothing about the token", () => {
    expect(classified("login_attempts")).toMatchObject({ code: "AUTH_RATE_LIMITED" });
  });

  it("is none where requests are left", () => {
    expect(plain(403, {}, { "x-ratelimit-remaining": "4999" }).code).toBe("AUTH_PERMISSION_DENIED");
  });
});

describe("single sign-on", () => {
  const at = (url: string): Record<string, string> => ({ "x-github-sso": `required; url=${url}` });

  it.each([403, 404])("is asked for with the address where the token is authorized: %i", (status) => {
    const url = "https://github.com/orgs/acme/sso?authorization_request=A1";
    expect(plain(status, {}, at(url))).toMatchObject({
      code: "AUTH_PERMISSION_DENIED",
      remedy: `Authorize the token for the organization at ${url} within the hour.`,
    });
  });

  it.each([
    "https://evil.example/orgs/acme/sso",
    "http://github.com/orgs/acme/sso",
    "https://ada@github.com/orgs/acme/sso",
    "https://github.com.evil.example/",
    "javascript:alert(1)",
    "nowhere",
  ])("is asked for without an address that is not GitHub's: %s", (url) => {
    const { code, remedy } = plain(403, {}, at(url));
    expect(code).toBe("AUTH_PERMISSION_DENIED");
    expect(remedy).not.toContain(url);
    expect(remedy).toContain("https://github.com/settings/tokens");
  });

  it("of which only a part of the answer is left out is no refusal", () => {
    expect(plain(200, { id: 1 }, { "x-github-sso": "partial-results; organizations=1,2" })).toEqual({});
  });
});

describe("a permission that is missing", () => {
  it.each<[GitHubProblemName, RegExp]>([
    ["integration", /^Give the app, or the job under permissions:, what this needs: issues=write\.$/],
    [
      "fine_grained",
      /^Give the token the permission at https:.*tokens: issues=write; pull_requests=write\.$/,
    ],
    ["role", /^Give the token one of these scopes at https:.*: admin:repo_hook, repo\.$/],
    ["classic_forbidden", /kind and lifetime/],
    ["lifetime_forbidden", /kind and lifetime/],
    ["oauth_app_restricted", /approve the OAuth app/],
    ["ip_allow_list", /IP allow list/],
    ["account_suspended", /suspended/],
    ["installation_suspended", /suspension/],
    ["not_found_scopes", /one of these scopes .*: repo\.$/],
    ["blocked", /blocked by law/],
  ])("is told with what helps: %s", (name, remedy) => {
    const said = classified(name);
    expect(said).toMatchObject({ code: "AUTH_PERMISSION_DENIED", remedy: expect.stringMatching(remedy) });
    expect(said.reason).toBe(problems[name].message);
  });

  it("is left to core's own remedy in words that nobody has seen", () => {
    const { code, remedy } = plain(403, { message: "Nope" });
    expect([code, remedy]).toEqual(["AUTH_PERMISSION_DENIED", undefined]);
  });

  it("is no matter of scopes where one of those that the endpoint takes is there, or it takes any", () => {
    for (const accepted of ["repo, public_repo", "", undefined]) {
      const headers = {
        "x-oauth-scopes": "public_repo",
        ...(accepted !== undefined && { "x-accepted-oauth-scopes": accepted }),
      };
      expect(plain(403, {}, headers).remedy).toBeUndefined();
      expect(plain(404, {}, headers).code).toBe("AUTH_RESPONSE_MALFORMED");
    }
  });

  it("shows nothing of a header that steers a terminal or is endless", () => {
    const headers = { "x-accepted-github-permissions": `issues=write\u009B31m${"x".repeat(5000)}` };
    const { remedy = "" } = plain(403, { message: "Resource not accessible by integration" }, headers);
    expect(remedy).toMatch(/^[\x20-\x7E]{1,250}$/);
  });
});

describe("an answer that is not about the token", () => {
  it("is the 404 that hides, which says both", () => {
    expect(classified("not_found")).toMatchObject({
      code: "AUTH_RESPONSE_MALFORMED",
      reason: expect.stringContaining("may not see"),
      remedy: expect.stringMatching(/path.*baseUrl.*settings\/tokens/),
    });
  });

  it("is the page for a request without a User-Agent", () => {
    expect(classified("user_agent")).toMatchObject({
      code: "AUTH_RESPONSE_MALFORMED",
      remedy: expect.stringContaining("User-Agent"),
    });
  });

  it("is a version that GitHub does not know, in its own words", () => {
    expect(classified("version_unknown")).toEqual({ reason: problems.version_unknown.more?.["errors"] });
    expect(classified("version_retired").code).toBeUndefined();
  });

  it("is GitHub's own failure", () => {
    expect(classified("server_error").code).toBeUndefined();
  });
});

describe("GraphQL's refusal inside a 200", () => {
  const errors = (...list: object[]): object => ({ data: { viewer: null }, errors: list });

  it("is told by its type", () => {
    expect(plain(200, errors({ type: "FORBIDDEN", message: "No." }))).toEqual({
      code: "AUTH_PERMISSION_DENIED",
      reason: "No.",
    });
    const saml = errors({ type: "FORBIDDEN", message: "No.", extensions: { saml_failure: true } });
    expect(plain(200, saml).remedy).toMatch(/single sign-on/);
    const headers = {
      "x-ratelimit-remaining": "0",
      "x-ratelimit-reset": String(now / 1000 + 7),
    };
    expect(plain(200, errors({ type: "RATE_LIMITED", message: "Slow." }), headers)).toEqual({
      code: "AUTH_RATE_LIMITED",
      reason: "Slow.",
      retryAfterMs: 7_000,
    });
  });

  it.each([
    { data: { viewer: { login: "ada" } } },
    errors({ type: "NOT_FOUND", message: "No such thing." }),
    errors(),
    { errors: "none" },
    { errors: [null, 7, []] },
    [{ type: "FORBIDDEN" }],
    null,
    "FORBIDDEN",
  ])("is none: %j", (body) => {
    expect(plain(200, body)).toEqual({});
  });
});
