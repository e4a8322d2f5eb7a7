import { describe, expect, it } from "vitest";

import { authServer } from "./auth-server.ts";
import { canary } from "../fixtures/sandbox.ts";

const local = (host?: string, port?: string): string =>
  authServer({
    baseUrl: "http://127.0.0.1:8124",
    env: { DX_AUTHSERVER_HOST: host, DX_AUTHSERVER_PORT: port },
  });

describe("authServer", () => {
  it.each([
    ["https://api.dnanexus.com", "https://auth.dnanexus.com"],
    ["http://api.dnanexus.com:8080", "https://auth.dnanexus.com"],
    ["https://stagingapi.dnanexus.com", "https://stagingauth.dnanexus.com"],
    ["https://api.cn.dnanexus.com", "https://auth.cn.dnanexus.com:8001"],
    ["https://stagingapi.cn.dnanexus.com:443", "https://stagingauth.cn.dnanexus.com:7001"],
  ])("goes with the API host of %s, whatever the environment says", (baseUrl, expected) => {
    const env = { DX_AUTHSERVER_HOST: "evil.example", DX_AUTHSERVER_PORT: "443" };
    expect(authServer({ baseUrl, env })).toBe(expected);
  });

  it.each([
    ["127.0.0.1", "http://127.0.0.1:9000"],
    ["localhost", "http://localhost:9000"],
    ["[::1]", "http://[::1]:9000"],
    ["http://localhost", "http://localhost:9000"],
    ["https://127.0.0.1", "https://127.0.0.1:9000"],
    ["auth.example.com", "https://auth.example.com:9000"],
  ])("is that of the variables for an API server on this machine: %s", (host, expected) => {
    expect(local(host, "9000")).toBe(expected);
  });

  it("is that of the option before everything else", () => {
    const authUrl = "https://auth.example.com:8443/";
    expect(authServer({ authUrl, baseUrl: "https://api.dnanexus.com", env: {} })).toBe(
      "https://auth.example.com:8443",
    );
  });

  it.each([
    [undefined, undefined, "DX_AUTHSERVER_HOST and DX_AUTHSERVER_PORT"],
    ["127.0.0.1", " ", "without DX_AUTHSERVER_PORT"],
    [undefined, "9000", "without DX_AUTHSERVER_HOST"],
  ])("needs both variables, or the option (%s, %s)", (host, port, missing) => {
    expect(() => local(host, port)).toThrow(
      expect.objectContaining({
        message: expect.stringContaining(missing),
        remedy: expect.stringContaining("authUrl"),
      }),
    );
  });

  it("cannot be derived for any other host, the environment or not", () => {
    const env = { DX_AUTHSERVER_HOST: "evil.example", DX_AUTHSERVER_PORT: "443" };
    for (const baseUrl of ["https://10.0.3.7:8124", "https://api.dnanexus.com.evil.example"]) {
      expect(() => authServer({ baseUrl, env })).toThrow(
        expect.objectContaining({ remedy: "Pass the option authUrl with its address." }),
      );
    }
  });

  it.each([
    `https://alice:${canary}@auth.example.com`,
    `https://auth.example.com/${canary}`,
    "auth.example.com",
    "ftp://auth.example.com",
    canary,
  ])("refuses an address that is none, without quoting it", (authUrl) => {
    const refused = (use: () => string): void => {
      expect(use).toThrow(/is not the address of a server/);
      expect(use).not.toThrow(canary);
    };
    refused(() => authServer({ authUrl, baseUrl: "https://api.dnanexus.com", env: {} }));
    refused(() => local(`${canary}@127.0.0.1`, "9000"));
    refused(() => local("127.0.0.1", "99999"));
  });

  it("takes plain http beyond this machine only where the program allows it", () => {
    const facts = { authUrl: "http://10.0.3.7:8124", baseUrl: "https://api.dnanexus.com", env: {} };
    expect(() => authServer(facts)).toThrow(/plain http/);
    expect(authServer({ ...facts, allowInsecureHttp: true })).toBe("http://10.0.3.7:8124");
  });
});
