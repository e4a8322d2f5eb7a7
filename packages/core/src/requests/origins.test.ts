import { describe, expect, it } from "vitest";

import { createAllowedOrigins, isLoopback, parseOrigin } from "./origins.ts";

describe("an origin that is to receive the token", () => {
  it.each([
    ["https://api.acme.example", "https://api.acme.example"],
    ["https://API.acme.example:443/", "https://api.acme.example"],
    ["https://api.acme.example:8443", "https://api.acme.example:8443"],
    ["http://127.0.0.1:8080", "http://127.0.0.1:8080"],
    ["http://[::1]:8080", "http://[::1]:8080"],
    ["http://localhost", "http://localhost"],
  ])("is read from %s", (text, origin) => {
    expect(parseOrigin(text, false)).toEqual({ origin });
  });

  it.each([
    "",
    "*",
    "https://",
    "https://*",
    "https://*.acme.example",
    "api.acme.example",
    "https://api.acme.example/v1",
    "https://api.acme.example?x",
    "https://api.acme.example/#",
    "https://user@api.acme.example",
    "https://user:secret@api.acme.example",
    "http://api.acme.example",
    "http://localhost.",
    "http://localhost.evil.example",
    "http://127.0.0.1.evil.example",
    "ftp://api.acme.example",
    "file:///etc/passwd",
    "data:text/plain,x",
  ])("is not read from %j", (text) => {
    expect(parseOrigin(text, false)).toHaveProperty("problem");
  });

  it("may be plain http where the caller says so", () => {
    expect(parseOrigin("http://10.0.3.7:8080", true)).toEqual({ origin: "http://10.0.3.7:8080" });
  });

  it("does not show a password that somebody put into it", () => {
    expect(JSON.stringify(parseOrigin("https://u:hunter2hunter2@a.example", false))).not.toContain("hunter2");
  });
});

it.each([
  ["127.0.0.1", true],
  ["127.8.9.10", true],
  ["[::1]", true],
  ["localhost", true],
  ["localhost.", false],
  ["a.localhost", false],
  ["127.0.0.1.evil.example", false],
  ["0.0.0.0", false],
  ["[::ffff:7f00:1]", false],
])("takes %s for this machine: %s", (hostname, expected) => {
  expect(isLoopback(hostname)).toBe(expected);
});

describe("where an input leads", () => {
  const { resolve, originOf: allowed } = createAllowedOrigins("https://api.acme.example/v1/", [
    "https://api.acme.example",
    "https://files.acme.example:8443",
  ]);

  it.each([
    ["/issues", "https://api.acme.example/v1/issues"],
    ["issues", "https://api.acme.example/v1/issues"],
    ["/issues?limit=10#top", "https://api.acme.example/v1/issues?limit=10#top"],
    ["/", "https://api.acme.example/v1/"],
    ["?limit=10", "https://api.acme.example/v1/?limit=10"],
    ["\\issues", "https://api.acme.example/v1/issues"],
    [" /issues ", "https://api.acme.example/v1/issues"],
    ["\n/issues", "https://api.acme.example/v1/issues"],
    ["/ /evil.example", "https://api.acme.example/v1/%20/evil.example"],
    ["evil.example/x", "https://api.acme.example/v1/evil.example/x"],
    ["@evil.example", "https://api.acme.example/v1/@evil.example"],
    [":8443/x", "https://api.acme.example/v1/:8443/x"],
    ["./x", "https://api.acme.example/v1/x"],
  ])("is joined to the base URL, its path included, for %j", (input, url) => {
    expect(resolve(input)).toBe(url);
    expect(allowed(resolve(input))).toBe("https://api.acme.example");
  });

  it.each([
    "https:/issues",
    "https:evil",
    "https:evil.example/x",
    "https:/evil.example/x",
    "https:\\evil.example\\x",
    "https:\\\\evil.example",
    "hTTps:evil.example",
    " https:evil.example",
    "ht\ntps:evil.example",
    "http:api.acme.example/x",
    "https://evil.example/",
    "https://api.acme.example/x",
    "https://api.acme.example",
    "https://api.acme.example\\@evil.example/",
    "HTTPS://API.ACME.EXAMPLE/x",
    "https://api.acme.example:443/x",
    "data:text/plain,x",
    "issues:search",
  ])("is judged as what it is by itself, for the absolute %j", (input) => {
    expect(new URL(resolve(input)).href).toBe(new URL(input).href);
  });

  it.each([
    "//evil.example/x",
    "//api.acme.example/x",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "/\t/evil.example",
    "\n//evil.example",
    " //evil.example",
    "///evil.example",
    "//user@evil.example",
  ])("is another host for %j, as the URL standard reads it", (input) => {
    expect(resolve(input)).toBe(new URL(input, "https://api.acme.example/v1/").href);
  });

  it.each(["https://", "https:", "HTTP:?x", "https://?x", "http:#y", "//", "/\\"])(
    "is nowhere for %j",
    (input) => {
      expect(allowed(resolve(input))).toBeUndefined();
    },
  );

  it.each([
    undefined,
    null,
    "",
    " ",
    "\n",
    5,
    true,
    {},
    [],
    ["/x"],
    "[object Request]",
    Symbol("x"),
    () => "/x",
  ])("is refused for %o, which is no URL", (input) => {
    expect(() => resolve(input)).toThrow(TypeError);
  });

  it("does not depend on a slash at the end of the base URL", () => {
    for (const base of [
      "https://gw.example/pylon",
      "https://gw.example/pylon/",
      "https://gw.example/pylon//",
    ]) {
      const joined = createAllowedOrigins(base, ["https://gw.example"]);
      expect(joined.resolve("/issues")).toBe("https://gw.example/pylon/issues");
      expect(joined.baseUrl).toBe("https://gw.example/pylon");
    }
  });

  it.each([
    ["https://api.acme.example/x", "https://api.acme.example"],
    ["https://api.acme.example", "https://api.acme.example"],
    ["https://api.acme.example?x", "https://api.acme.example"],
    ["HTTPS://API.acme.EXAMPLE:443/x", "https://api.acme.example"],
    ["https://files.acme.example:8443/x", "https://files.acme.example:8443"],
  ])("is allowed for %s", (url, origin) => {
    expect(allowed(url)).toBe(origin);
  });

  it.each([
    "http://api.acme.example/",
    "https://api.acme.example:8443/",
    "https://files.acme.example/",
    "https://api.acme.example.evil.example/",
    "https://evil.example/?https://api.acme.example/",
    "https://evil.example/https://api.acme.example/",
    "https://api.acme.example@evil.example/",
    "https://api.acme.example%2F@evil.example/",
    "https://user@api.acme.example/",
    "https://api.acme.example.:443/",
    "https://xapi.acme.example/",
    "data:text/plain,x",
    "blob:https://api.acme.example/1c2d",
    "not a url",
    "",
  ])("is foreign for %j", (url) => {
    expect(allowed(url)).toBeUndefined();
  });
});
