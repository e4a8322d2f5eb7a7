import { expect, it } from "vitest";

import { installationCanary } from "./fixtures/github-on-loopback.ts";
import { type GitHubTokenKind, tokenKindOf, tokenPattern } from "./token-kind.ts";

const forty = "16C7e42F292c6912E7710c838347Ae178B4a";

it.each<[GitHubTokenKind, string, boolean]>([
  ["classic", `ghp_${forty}`, true],
  ["fine-grained", `github_pat_${"1".repeat(22)}_${"a".repeat(59)}`, true],
  ["oauth", `gho_${forty}`, true],
  ["user-to-server", `ghu_${forty}`, true],
  ["installation", `ghs_${forty}`, true],
  ["installation", installationCanary, true],
  ["refresh", `ghr_${"a".repeat(76)}`, true],
  ["app", `eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiIxIn0.${"a".repeat(342)}`, true],
  ["installation", `v1.${"a".repeat(40)}`, true],
  ["unknown", "0123456789abcdef0123456789abcdef01234567", false],
  ["unknown", "Ghp_upper", false],
])("a token is of the kind %s by its beginning", (kind, token, matches) => {
  expect(tokenKindOf(token)).toBe(kind);
  expect(tokenPattern.test(token)).toBe(matches);
});

it("the long form has 520 characters, two dots, and hyphens, and the pattern takes the whole of it", () => {
  expect(installationCanary.length).toBe(520);
  expect(installationCanary.split(".")).toHaveLength(3);
  expect(installationCanary).toContain("-");
  expect(tokenPattern.exec(installationCanary)?.[0]).toBe(installationCanary);
});
