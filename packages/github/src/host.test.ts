import { describe, expect, it } from "vitest";

import { graphqlUrl, hostAt, readHost } from "./host.ts";

const cloud = ["GH_TOKEN", "GITHUB_TOKEN"];
const server = ["GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN"];

describe("a host", () => {
  it.each([
    ["github.com", "https://api.github.com", cloud],
    ["GitHub.com ", "https://api.github.com", cloud],
    ["api.github.com", "https://api.github.com", cloud],
    ["acme.ghe.com", "https://api.acme.ghe.com", cloud],
    ["api.acme.ghe.com", "https://api.acme.ghe.com", cloud],
    ["github.example.com", "https://github.example.com/api/v3", server],
    ["github.example.com:8443", "https://github.example.com:8443/api/v3", server],
    ["127.0.0.1:8443", "https://127.0.0.1:8443/api/v3", server],
    ["[::1]:8443", "https://[::1]:8443/api/v3", server],
    ["notgithub.com", "https://notgithub.com/api/v3", server],
    ["github.com.evil.example", "https://github.com.evil.example/api/v3", server],
  ])("%s has the address %s and the variables %j", (host, baseUrl, variables) => {
    expect(readHost(host, {})).toMatchObject({ baseUrl, variables });
    expect(readHost(undefined, { GH_HOST: host })).toMatchObject({ baseUrl, variables });
  });

  it("has the page of its own where tokens are made", () => {
    expect(readHost("github.com", {}).tokenUrl).toBe("https://github.com/settings/tokens");
    expect(readHost("acme.ghe.com", {}).tokenUrl).toBe("https://acme.ghe.com/settings/tokens");
    expect(readHost("github.example.com", {}).tokenUrl).toBe("https://github.example.com/settings/tokens");
  });

  it("is the option's, else that of baseUrl, else GH_HOST's, else github.com", () => {
    const env = { GH_HOST: "github.example.com" };
    expect(readHost("acme.ghe.com", env, "https://other.example/api/v3").name).toBe("acme.ghe.com");
    expect(readHost(" ", env, "https://other.example/api/v3/").name).toBe("other.example");
    expect(readHost(undefined, env, "https://proxy.example/github").name).toBe("github.example.com");
    expect(readHost(undefined, { GH_HOST: " \n" }).name).toBe("github.com");
    expect(readHost(undefined, {}).name).toBe("github.com");
  });

  it.each([
    "https://github.example.com",
    "github.example.com/api/v3",
    "ada@github.example.com",
    "github.example.com#",
    "github.example.com.",
    "github..com",
    "git hub.com",
    "github\ncom",
    "*.github.com",
    "github.example.com:https",
    "-x.example.com",
    "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
    7 as unknown as string,
  ])("is not %j, which is refused without being quoted", (host) => {
    const remedy = expect.stringContaining("github.example.com");
    expect(() => readHost(host, {})).toThrow(expect.objectContaining({ remedy }));
    expect(() => readHost(host, {})).toThrow(/^the option host is not the name of a host$/);
    if (typeof host !== "string") return;
    expect(() => readHost(undefined, { GH_HOST: host })).toThrow(/^GH_HOST is not the name of a host$/);
  });
});

it.each([
  ["https://api.github.com", "github.com"],
  ["https://api.github.com/", "github.com"],
  ["https://api.acme.ghe.com", "acme.ghe.com"],
  ["https://github.example.com/api/v3/", "github.example.com"],
  ["http://127.0.0.1:8080/api/v3", "127.0.0.1:8080"],
  ["http://127.0.0.1:8080", undefined],
  ["https://gateway.example/github", undefined],
  ["no address", undefined],
  [undefined, undefined],
])("the address %s is that of %s", (baseUrl, host) => {
  expect(hostAt(baseUrl)).toBe(host);
});

it.each([
  ["https://api.github.com", "https://api.github.com/graphql"],
  ["https://api.acme.ghe.com/", "https://api.acme.ghe.com/graphql"],
  ["https://github.example.com/api/v3", "https://github.example.com/api/graphql"],
  ["https://gateway.example/github/api/v3/", "https://gateway.example/github/api/graphql"],
])("GraphQL beside %s is at %s", (baseUrl, url) => {
  expect(graphqlUrl({ baseUrl })).toBe(url);
});
