import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";

import { startLoopbackServer } from "@auth/testing/loopback";
import { describe, expect, it, onTestFinished, vi } from "vitest";

import { acmeService, canary, emptyFolder, run, type RunOptions } from "./fixtures/run.ts";

// Each call is a process of its own.
vi.setConfig({ testTimeout: 180_000 });

interface Report {
  readonly code: number | null;
  readonly outcome: string;
  /** What is not well, as `check: detail remedy`. */
  readonly faults: readonly string[];
}

async function doctor(options: RunOptions): Promise<Report> {
  const { code, stdout } = await run(["doctor", "--json"], options);
  const { outcome, findings } = JSON.parse(stdout) as {
    outcome: string;
    findings: { check: string; outcome: string; detail: string; remedy?: string }[];
  };
  for (const finding of findings) expect(finding.outcome === "ok").toBe(finding.remedy === undefined);
  expect(stdout).not.toContain(canary);
  const faults = findings
    .filter((finding) => finding.outcome !== "ok")
    .map(({ check, detail, remedy }) => `${check}: ${detail} ${remedy}`);
  return { code, outcome, faults };
}

/** A certificate for `localhost` in files: self-signed, or signed by an authority of its own. */
function certificate(kind: "self-signed" | "private CA" | "expired" | "for another name"): {
  readonly key: string;
  readonly cert: string;
  /** The file that has to be trusted. */
  readonly trusted: string;
} {
  const folder = emptyFolder();
  const openssl = (...args: string[]): unknown =>
    execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
  const name = kind === "for another name" ? "DNS:elsewhere.example" : "DNS:localhost,IP:127.0.0.1";
  const days =
    kind === "expired" ? ["-not_before", "20200101000000Z", "-not_after", "20200102000000Z"] : ["-days", "2"];
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  openssl(
    "req",
    "-x509",
    ...key,
    "-keyout",
    "ca.key",
    "-out",
    "ca.pem",
    "-subj",
    "/CN=Test CA",
    "-days",
    "2",
  );
  openssl("req", ...key, "-keyout", "key.pem", "-out", "request.pem", "-subj", "/CN=localhost");
  writeFileSync(path.join(folder, "names"), `subjectAltName=${name}\n`);
  if (kind === "self-signed")
    openssl(
      "req",
      "-x509",
      "-key",
      "key.pem",
      "-out",
      "cert.pem",
      "-subj",
      "/CN=localhost",
      "-days",
      "2",
      "-addext",
      `subjectAltName=${name}`,
    );
  else if (kind === "expired") {
    writeFileSync(path.join(folder, "index.txt"), "");
    writeFileSync(
      path.join(folder, "ca.cnf"),
      "[ca]\ndefault_ca=a\n[a]\ndatabase=index.txt\nrand_serial=yes\npolicy=p\ndefault_md=sha256\n[p]\ncommonName=supplied\n",
    );
    openssl(
      "ca",
      "-batch",
      "-config",
      "ca.cnf",
      "-cert",
      "ca.pem",
      "-keyfile",
      "ca.key",
      "-in",
      "request.pem",
      "-out",
      "cert.pem",
      "-notext",
      "-outdir",
      ".",
      "-extfile",
      "names",
      "-startdate",
      "20200101000000Z",
      "-enddate",
      "20200102000000Z",
    );
  } else
    openssl(
      "x509",
      "-req",
      "-in",
      "request.pem",
      "-CA",
      "ca.pem",
      "-CAkey",
      "ca.key",
      "-CAcreateserial",
      "-out",
      "cert.pem",
      "-extfile",
      "names",
      ...days,
    );
  const read = (file: string): string => readFileSync(path.join(folder, file), "utf8");
  return { key: read("key.pem"), cert: read("cert.pem"), trusted: path.join(folder, "ca.pem") };
}

async function tlsService(tls: { readonly key: string; readonly cert: string }): Promise<string> {
  const server = await startLoopbackServer(() => ({ body: { id: "u-1", label: "Ada" } }), { tls });
  onTestFinished(() => server.close());
  return server.url.replace("127.0.0.1", "localhost");
}

/** A proxy that answers CONNECT with a status, and hears what is sent to it. */
async function proxyThatAnswers(status: number): Promise<{ readonly url: string; readonly heard: string[] }> {
  const heard: string[] = [];
  const server = createServer();
  server.on("connect", (request, socket) => {
    heard.push(`${request.url} ${JSON.stringify(request.headers)}`);
    socket.end(`HTTP/1.1 ${status} Answer\r\n\r\n`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, heard };
}

describe("doctor", () => {
  it("finds nothing where all is well, and sends the token to the service alone, in one request", async () => {
    const { url, requests } = await acmeService();
    const report = await doctor({ env: { ACME_URL: url, ACME_TOKEN: canary } });
    expect(report).toEqual({ code: 0, outcome: "ok", faults: [] });
    expect(
      requests.filter(({ headers }) => headers.authorization !== undefined).map((request) => request.path),
    ).toEqual(["/me"]);
  });

  it("says what is well and what is not to a person", async () => {
    const { url } = await acmeService();
    const { code, stdout } = await run(["doctor"], { env: { ACME_URL: url, ACME_TOKEN: "another" } });
    expect(code).toBe(1);
    expect(stdout).toContain("✓ runtime: Node.js");
    expect(stdout).toMatch(/✗ token: .*refused/);
    expect(Math.max(...stdout.split("\n").map(({ length }) => length))).toBeLessThanOrEqual(80);
  });

  it("is stopped by a Node.js that is too old, which is said before anything is loaded", async () => {
    const older = `data:text/javascript,Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.20.2" } })`;
    const { code, stderr } = await run(["doctor"], {
      env: { NODE_OPTIONS: `--import ${older.replaceAll(" ", "%20").replaceAll('"', "%22")}` },
    });
    expect(code).toBe(1);
    expect(stderr).toContain("needs Node.js 22.19 or newer, and this is 20.20.2");
  });

  it("finds a proxy that is set, and that nobody uses", async () => {
    const { url } = await acmeService();
    const { faults } = await doctor({
      env: { ACME_URL: url, ACME_TOKEN: canary, HTTP_PROXY: "http://proxy.example:3128" },
    });
    expect(faults).toEqual([
      expect.stringMatching(/HTTP_PROXY names the proxy proxy\.example:3128.*NODE_USE_ENV_PROXY=1/),
    ]);
  });

  it("passes over a proxy for which NO_PROXY makes an exception", async () => {
    const { url } = await acmeService();
    const env = {
      ACME_URL: url,
      ACME_TOKEN: canary,
      HTTP_PROXY: "http://proxy.example:3128",
      NO_PROXY: "127.0.0.1",
    };
    expect((await doctor({ env })).faults).toEqual([]);
  });

  it.each([
    [407, /wants a user name and a password \(status 407\).*HTTPS_PROXY/],
    [403, /does not connect to acme\.example:443 \(status 403\).*NO_PROXY/],
  ])(
    "finds a proxy that is used and refuses with %i, without sending it the token",
    async (status, words) => {
      const { url, heard } = await proxyThatAnswers(status);
      const env = {
        ACME_URL: "https://acme.example",
        ACME_TOKEN: canary,
        HTTPS_PROXY: url,
        NODE_USE_ENV_PROXY: "1",
      };
      expect((await doctor({ env })).faults).toEqual([expect.stringMatching(words)]);
      expect(heard.join()).toContain("acme.example:443");
      expect(heard.join()).not.toContain(canary);
    },
  );

  it("finds a proxy that is used and not there", async () => {
    const env = {
      ACME_URL: "https://acme.example",
      ACME_TOKEN: canary,
      HTTPS_PROXY: "http://127.0.0.1:9",
      NODE_USE_ENV_PROXY: "1",
    };
    expect((await doctor({ env })).faults).toEqual([
      expect.stringMatching(/cannot be reached \(ECONNREFUSED\).*Check HTTPS_PROXY/),
    ]);
  });

  it.each([
    ["private CA", /signed by an authority that Node\.js does not know.*NODE_EXTRA_CA_CERTS/],
    ["self-signed", /self-signed \(DEPTH_ZERO_SELF_SIGNED_CERT\).*NODE_EXTRA_CA_CERTS/],
  ] as const)("finds a certificate of the kind: %s", async (kind, words) => {
    const url = await tlsService(certificate(kind));
    expect((await doctor({ env: { ACME_URL: url, ACME_TOKEN: canary } })).faults).toEqual([
      expect.stringMatching(words),
    ]);
  });

  it.each([
    ["expired", /not valid now \(CERT_HAS_EXPIRED\).*clock/],
    ["for another name", /for another name than localhost/],
  ] as const)("finds a certificate that is %s, from an authority that is trusted", async (kind, words) => {
    const { trusted, ...tls } = certificate(kind);
    const env = { ACME_URL: await tlsService(tls), ACME_TOKEN: canary, NODE_EXTRA_CA_CERTS: trusted };
    expect((await doctor({ env })).faults).toEqual([expect.stringMatching(words)]);
  });

  it("is content with a private authority that NODE_EXTRA_CA_CERTS names", async () => {
    const { trusted, ...tls } = certificate("private CA");
    const env = { ACME_URL: await tlsService(tls), ACME_TOKEN: canary, NODE_EXTRA_CA_CERTS: trusted };
    expect((await doctor({ env })).faults).toEqual([]);
  });

  it("finds a file of authorities that is not there, or holds none", async () => {
    const { url } = await acmeService();
    const empty = path.join(emptyFolder(), "ca.pem");
    writeFileSync(empty, "nothing");
    for (const file of ["/no/such/ca.pem", empty]) {
      const env = { ACME_URL: url, ACME_TOKEN: canary, NODE_EXTRA_CA_CERTS: file };
      expect((await doctor({ env })).faults).toEqual([
        expect.stringContaining(`NODE_EXTRA_CA_CERTS names ${file}`),
      ]);
    }
  });

  it("finds checks of certificates that are switched off, and variables that Node.js does not read", async () => {
    const { url } = await acmeService();
    const env = {
      ACME_URL: url,
      ACME_TOKEN: canary,
      NODE_TLS_REJECT_UNAUTHORIZED: "0",
      SSL_CERT_FILE: "/some/ca.pem",
    };
    const { faults } = await doctor({ env });
    expect(faults).toEqual([
      expect.stringContaining("anybody on the way can read the token"),
      expect.stringContaining("SSL_CERT_FILE is set"),
    ]);
  });

  it.each([
    [3_600_000, "behind"],
    [-3_600_000, "ahead of"],
  ])("finds a clock that is wrong by an hour (%i ms, %s)", async (offMs, words) => {
    const date = new Date(Date.now() + offMs).toUTCString();
    const { url } = await acmeService(() => ({ headers: { date }, body: { id: "u-1", label: "Ada" } }));
    const { code, faults } = await doctor({ env: { ACME_URL: url, ACME_TOKEN: canary } });
    expect(code).toBe(1);
    expect(faults).toEqual([
      expect.stringMatching(new RegExp(`clock of this machine is 3\\d{3} s ${words} .*Set the clock`)),
    ]);
  });

  it("finds a name that does not resolve", async () => {
    const { faults } = await doctor({
      env: { ACME_URL: "https://no-such-host.invalid", ACME_TOKEN: canary },
    });
    expect(faults).toEqual([
      expect.stringMatching(/no-such-host\.invalid is not known to this machine's name server.*VPN/),
    ]);
  });

  it("finds a connection that is refused", async () => {
    const { faults } = await doctor({ env: { ACME_URL: "http://127.0.0.1:9", ACME_TOKEN: canary } });
    expect(faults).toEqual([expect.stringMatching(/127\.0\.0\.1:9 cannot be reached \(ECONNREFUSED\)/)]);
  });

  it("finds a page of HTML in the service's place, and a redirect to a sign-in page", async () => {
    const page = await acmeService(() => ({
      headers: { "content-type": "text/html" },
      body: "<p>Sign in</p>",
    }));
    expect((await doctor({ env: { ACME_URL: page.url, ACME_TOKEN: canary } })).faults).toContainEqual(
      expect.stringMatching(/answers with a web page \(status 200\).*sign in to the network/),
    );
    const portal = await acmeService(() => ({
      status: 302,
      headers: { location: "http://portal.example/" },
    }));
    expect((await doctor({ env: { ACME_URL: portal.url, ACME_TOKEN: canary } })).faults).toContainEqual(
      expect.stringMatching(/sends to portal\.example \(status 302\)/),
    );
  });

  it("finds a service that is out of order", async () => {
    const { url } = await acmeService(() => ({ status: 503, headers: { "retry-after": "3600" } }));
    const { faults } = await doctor({ env: { ACME_URL: url, ACME_TOKEN: canary } });
    expect(faults).toContainEqual(expect.stringMatching(/out of order \(status 503\)/));
  });

  it("finds two different tokens", async () => {
    const { url } = await acmeService();
    const { faults } = await doctor({ env: { ACME_URL: url, ACME_TOKEN: canary, ACME_KEY: "another" } });
    expect(faults).toEqual([expect.stringMatching(/source: .*ACME_KEY/)]);
  });

  it("finds a file that others may read", async () => {
    const { url } = await acmeService();
    const file = path.join(emptyFolder(), "login");
    writeFileSync(file, canary, { mode: 0o644 });
    const { faults } = await doctor({ env: { ACME_URL: url, ACME_LOGIN_FILE: file } });
    expect(faults).toEqual([expect.stringContaining(`chmod 600 ${file}`)]);
  });

  it("finds a token that the service refuses, and none at all", async () => {
    const { url } = await acmeService();
    expect((await doctor({ env: { ACME_URL: url, ACME_TOKEN: "expired" } })).faults).toEqual([
      expect.stringMatching(/token: .*refused.*env ACME_TOKEN/),
    ]);
    expect((await doctor({ env: { ACME_URL: url } })).faults).toEqual([
      expect.stringContaining("Set ACME_TOKEN"),
    ]);
  });

  it("finds a line break and a placeholder in a token", async () => {
    const { url } = await acmeService();
    const { faults } = await doctor({ env: { ACME_URL: url, ACME_TOKEN: "two\nlines" } });
    expect(faults).toEqual([expect.stringContaining("a line break")]);
  });

  it("finds a home that cannot be written to", async () => {
    const { url } = await acmeService();
    const { faults } = await doctor({ env: { ACME_URL: url, ACME_TOKEN: canary, HOME: "/proc" } });
    expect(faults).toEqual([expect.stringMatching(/home: \/proc cannot be written to .* set HOME/)]);
  });

  it("finds a .env that nobody has loaded", async () => {
    const { url } = await acmeService();
    const cwd = emptyFolder();
    writeFileSync(path.join(cwd, ".env"), `OTHER=1\nexport ACME_TOKEN=${canary}\n`);
    const { faults } = await doctor({ cwd, env: { ACME_URL: url } });
    expect(faults).toContainEqual(
      expect.stringMatching(/\.env in this folder sets ACME_TOKEN.*--env-file=\.env/),
    );
  });

  it("finds an option that cannot be used", async () => {
    const { faults } = await doctor({ env: { ACME_URL: "http://acme.example", ACME_TOKEN: canary } });
    expect(faults).toEqual([expect.stringMatching(/source: .*origin/)]);
  });
});
