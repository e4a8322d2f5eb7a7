import { dirname } from "node:path";

import { describe, expect, it } from "vitest";

import { apiServer } from "./api-server.ts";
import { directoryPlace } from "./directory-place.ts";
import { environmentPlace } from "./environment-place.ts";
import { createSandbox } from "../fixtures/sandbox.ts";

const server = (protocol?: string, host?: string, port?: string): ReturnType<typeof apiServer> =>
  apiServer([
    environmentPlace({
      DX_APISERVER_PROTOCOL: protocol,
      DX_APISERVER_HOST: host,
      DX_APISERVER_PORT: port,
    }).read(),
  ]);

describe("apiServer", () => {
  it.each([
    ["nothing", [], "https://api.dnanexus.com"],
    ["empty values", ["", " ", ""], "https://api.dnanexus.com"],
    ["the default spelled out", ["https", "api.dnanexus.com", "443"], "https://api.dnanexus.com"],
    ["a host", [undefined, "stagingapi.dnanexus.com"], "https://stagingapi.dnanexus.com"],
    ["a port", ["HTTPS", "127.0.0.1", "8443"], "https://127.0.0.1:8443"],
    ["plain http with a port", ["http", "10.0.3.7", "8124"], "http://10.0.3.7:8124"],
    ["plain http without one", ["http", "localhost"], "http://localhost"],
    ["an IPv6 address", ["http", "[::1]", "8124"], "http://[::1]:8124"],
  ])("makes an origin of %s", (_, parts, origin) => {
    expect(server(...parts).baseUrl).toBe(origin);
  });

  it("says so where plain http has no port", () => {
    expect(server("http", "localhost").warnings).toEqual([
      "DX_APISERVER_PORT is not set, and the protocol is http: requests go to port 80 of http://localhost.",
    ]);
    expect(server("http", "localhost", "80").warnings).toEqual([]);
    expect(server().warnings).toEqual([]);
  });

  it.each([
    ["DX_APISERVER_PROTOCOL", ["ftp"]],
    ["DX_APISERVER_PROTOCOL", ["https://"]],
    ...[
      "https://api.example.com",
      "api.example.com/path",
      "api.example.com:8443",
      "alice:canary@api.example.com",
      "*.example.com",
      "api example com",
      "api.example.com?query",
      "api.example.com#fragment",
      String.raw`api.example.com\evil.example`,
      "[::1",
      "::1",
      "ápi.example.com",
    ].map((host): [string, string[]] => ["DX_APISERVER_HOST", ["https", host]]),
    ...["0", "65536", "-1", "4e3", "0x50", "443/path", "99999999"].map((port): [string, string[]] => [
      "DX_APISERVER_PORT",
      ["https", "api.example.com", port],
    ]),
  ])("refuses a %s that is none, without quoting it: %s", (key, parts) => {
    expect(() => server(...parts)).toThrow(`env ${key} is `);
    expect(() => server(...parts)).not.toThrow(/canary|evil/);
  });

  it("takes each part from the highest place that has it, and null for the default", () => {
    const { paths, write } = createSandbox();
    write(paths.user, { DX_APISERVER_PROTOCOL: null, DX_APISERVER_HOST: "user.example.com" });
    write(paths.machine, {
      DX_APISERVER_PROTOCOL: "http",
      DX_APISERVER_HOST: "machine.example.com",
      DX_APISERVER_PORT: 8443,
    });
    const layers = [
      environmentPlace({}).read(),
      directoryPlace("user", dirname(paths.user)).read(),
      directoryPlace("machine", dirname(paths.machine)).read(),
    ];
    const { baseUrl, named, fromEnvironment } = apiServer(layers);
    expect(baseUrl).toBe("https://user.example.com:8443");
    expect(named.map(({ key, place }) => [key, place.kind])).toEqual([
      ["DX_APISERVER_HOST", "user"],
      ["DX_APISERVER_PORT", "machine"],
    ]);
    expect(fromEnvironment).toBe(false);
  });
});
