import { describe, expect, it } from "vitest";

import { apiCanary, canary } from "./fixtures/zendesk-on-loopback.ts";
import { readSavedLogin } from "./saved-zcli-login.ts";

const now = Date.parse("2026-11-28T12:00:00Z");
const read = (saved: unknown) =>
  readSavedLogin(typeof saved === "string" ? saved : JSON.stringify(saved), "acme", now);
const base64 = (text: string): string => Buffer.from(text).toString("base64");

describe("what ZCLI keeps", () => {
  it("is an OAuth access token with its expiry", () => {
    const result = read({ accessToken: canary, refreshToken: "r", expiresAt: now + 1 });
    expect([result.expiresAt, result.source, result.reveal() === canary]).toEqual([now + 1, undefined, true]);
  });

  it("is an access token without end, where it says none", () => {
    for (const expiresAt of [undefined, null, "soon"])
      expect(read({ accessToken: canary, expiresAt }).expiresAt).toBeUndefined();
  });

  it("is of an older login the value of the header, for an API token", () => {
    const value = base64(`ada@example.com/token:${apiCanary}`);
    const result = read(`Basic ${value}`);
    expect([result.source, result.reveal() === value]).toEqual(["zcli login by API token of acme", true]);
  });

  it.each<[string, unknown, RegExp]>([
    [
      "that has ended",
      { accessToken: canary, expiresAt: now },
      /has ended, and nobody but zcli may renew it$/,
    ],
    ["of a password", `Basic ${base64(`ada@example.com:${apiCanary}`)}`, /is a password/],
    ["without a token", { refreshToken: canary }, /holds no token$/],
    ["that is no JSON", `{"accessToken":"${canary}"`, /holds no token$/],
    ["of another kind", `Bearer ${canary}`, /holds no token$/],
  ])("is broken for a login %s, and nothing of it is shown", (_, saved, message) => {
    expect(() => read(saved)).toThrow(message);
    expect(() => read(saved)).not.toThrow(/canary/);
    expect(() => read(saved)).toThrow(
      expect.objectContaining({ remedy: expect.stringMatching(/^Run zcli login/) }),
    );
  });
});
