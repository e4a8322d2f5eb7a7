import { expect, it } from "vitest";

import { subdomainIn } from "./subdomain.ts";

it.each([
  ["acme", "acme"],
  [" Acme ", "acme"],
  ["acme.zendesk.com", "acme"],
  ["https://acme.zendesk.com", "acme"],
  ["https://Acme.Zendesk.com/agent/filters/1", "acme"],
  ["acme/agent", "acme"],
  [undefined, undefined],
  ["", ""],
])("of %j the subdomain is %j", (text, subdomain) => {
  expect(subdomainIn(text)).toBe(subdomain);
});

it.each(["acme.evil.example", "acme@evil.example", "evil.example#.zendesk.com", "acme:8080", "http://acme"])(
  "%j keeps what makes it none",
  (text) => {
    expect(subdomainIn(text)).toMatch(/[.@#:]/);
  },
);
