import { describe, expect, it } from "vitest";

import { printedForms, shows } from "./printed-forms.ts";

const canary = "canary-shown-4c1e9b7d5a3f2068";

describe("shows", () => {
  it.each([
    ["as it is", canary],
    ["inside other text", `Bearer ${canary}.`],
    ["in base64", btoa(canary)],
    ["in base64 behind a user name", btoa(`ada:${canary}`)],
    ["in base64 behind another one, with more behind it", btoa(`grace:${canary}:x`)],
    ["in base64 for URLs", Buffer.from(`a:${canary}`).toString("base64url")],
    ["in hex", Buffer.from(canary).toString("hex")],
  ])("finds a token %s", (_, text) => {
    expect(shows(text, [canary])).toBe(true);
  });

  it("finds a token with odd characters, encoded for a URL or for JSON", () => {
    const odd = 'canary"printedForms/+&=';
    expect(shows(encodeURIComponent(odd), [odd])).toBe(true);
    expect(shows(JSON.stringify({ odd }), [odd])).toBe(true);
  });

  it("finds no token where there is none, or only another", () => {
    expect(shows("a request to https://acme.example", [canary])).toBe(false);
    expect(shows("canary-shown-other", [canary])).toBe(false);
  });
});

describe("printedForms", () => {
  it.each<[string, () => unknown]>([
    ["a cause", () => new Error("failed", { cause: new Error("inner", { cause: { token: canary } }) })],
    ["a member of an error", () => Object.assign(new Error("failed"), { request: { headers: [canary] } })],
    ["a hidden property", () => Object.defineProperty({}, "token", { value: canary })],
    ["what it gives as JSON", () => ({ toJSON: () => canary })],
    ["what it gives as text", () => ({ toString: () => canary })],
    ["a map", () => new Map([["token", { value: canary }]])],
    ["the stack", () => Object.assign(new Error("failed"), { stack: canary })],
    ["the end of a long text", () => `${"x".repeat(50_000)}${canary}`],
  ])("shows %s", (_, value) => {
    expect(shows(printedForms(value()), [canary])).toBe(true);
  });

  it("shows what cannot be made JSON or text", () => {
    const circle: Record<string, unknown> = { big: 1n };
    circle["self"] = circle;
    expect(printedForms(circle)).toContain("big");
    expect(printedForms(Object.create(null))).toContain("null");
    expect(printedForms(undefined)).toContain("undefined");
  });
});
