import { expect, it } from "vitest";

import { hosts, readHost } from "./host.ts";

it("is Slack's own unless another is named, and one of two", () => {
  expect([readHost(undefined), readHost("slack.com"), readHost("slack-gov.com")]).toEqual([
    "slack.com",
    "slack.com",
    "slack-gov.com",
  ]);
  for (const other of ["", "evil.example", "slack.com.evil.example", "SLACK.COM", 7, null, true])
    expect(() => readHost(other)).toThrow('neither "slack.com" nor "slack-gov.com"');
});

it("gives the token to addresses of its own instance alone", () => {
  for (const [host, { baseUrl, origins, tokenUrl }] of Object.entries(hosts)) {
    for (const url of [baseUrl, ...origins, tokenUrl])
      expect(new URL(url).hostname).toMatch(new RegExp(`^(?:\\w+\\.)?${host.replace(".", String.raw`\.`)}$`));
    expect(origins).toContain(new URL(baseUrl).origin);
  }
});
