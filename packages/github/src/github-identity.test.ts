import { describe, expect, it } from "vitest";

import {
  expirationOf,
  identifyApp,
  identifyInstallation,
  identifyUser,
  scopesOf,
} from "./github-identity.ts";

const headers = (given: Record<string, string> = {}): { headers: Headers } => ({
  headers: new Headers(given),
});

describe("the user of a token", () => {
  it("is told by the number that stays, with scopes and expiry from the headers", () => {
    const answer = headers({
      "x-oauth-scopes": "read:org, repo",
      "github-authentication-token-expiration": "2026-02-06 07:42:23 +0100",
    });
    expect(identifyUser({ id: 583_231, login: "ada", email: null }, answer, "classic")).toEqual({
      kind: "user",
      id: "583231",
      label: "ada",
      tokenKind: "classic",
      scopes: ["read:org", "repo"],
      expiresAt: Date.parse("2026-02-06T06:42:23Z"),
    });
  });

  it("has no scopes and no expiry where GitHub tells none", () => {
    expect(identifyUser({ id: 1, login: "ada" }, headers(), "fine-grained")).toEqual({
      kind: "user",
      id: "1",
      label: "ada",
      tokenKind: "fine-grained",
    });
    expect(identifyUser({ id: 1 }, headers({ "x-oauth-scopes": "" }), "classic")).toEqual({
      kind: "user",
      id: "1",
      tokenKind: "classic",
      scopes: [],
    });
  });

  it.each([
    { login: "ada" },
    { id: "583231" },
    { id: 0 },
    { id: -1 },
    { id: 1.5 },
    { id: 2 ** 60 },
    { message: "Moved Permanently" },
    Object.create({ id: 1 }),
    [],
    null,
    "Ada",
    undefined,
  ])("is nobody where the id is none: %j", (body) => {
    expect(identifyUser(body, headers(), "classic")).toBeUndefined();
  });
});

it("the installation of a token is told by the bot that it acts as", () => {
  const viewer = { login: "acme-app[bot]", databaseId: 49_699_333 };
  expect(identifyInstallation({ data: { viewer } })).toEqual({
    kind: "installation",
    id: "49699333",
    label: "acme-app[bot]",
    tokenKind: "installation",
  });
  expect(identifyInstallation({ data: { viewer: null }, errors: [{ type: "FORBIDDEN" }] })).toBeUndefined();
  expect(identifyInstallation({ data: null })).toBeUndefined();
});

it("the app of a JWT is told by its own id", () => {
  expect(identifyApp({ id: 271_828, slug: "acme-app" })).toEqual({
    kind: "app",
    id: "271828",
    label: "acme-app",
    tokenKind: "app",
  });
  expect(identifyApp({ slug: "acme-app" })).toBeUndefined();
});

it("scopes are read from a list with commas, whatever is around them", () => {
  expect(scopesOf("repo,  gist ,read:org")).toEqual(["repo", "gist", "read:org"]);
  expect(scopesOf("")).toEqual([]);
  expect(scopesOf(" , ")).toEqual([]);
  expect(scopesOf(null)).toBeUndefined();
});

it.each([
  ["2023-06-28 17:58:10 UTC", "2023-06-28T17:58:10Z"],
  ["2026-02-06 07:42:23 +0100", "2026-02-06T06:42:23Z"],
  ["2026-02-06 07:42:23 -0530", "2026-02-06T13:12:23Z"],
  [" 2023-06-28 17:58:10 UTC ", "2023-06-28T17:58:10Z"],
])("the expiry %j is %s", (value, iso) => {
  expect(expirationOf(value)).toBe(Date.parse(iso));
});

it.each([null, "", "never", "2023-06-28", "1687975090", "2023-13-28 17:58:10 UTC", "2023-06-28T17:58:10Z"])(
  "the expiry %j is none",
  (value) => {
    expect(expirationOf(value)).toBeUndefined();
  },
);
