// Other tools ask the command in their own protocols: each one for real, against servers on loopback.
import { execFile, spawn } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { promisify } from "node:util";

import { fromProcess } from "@aws-sdk/credential-providers";
import { startFakeDNAnexus } from "@auth/dnanexus/testing";
import { ExternalAccountClient } from "google-auth-library";
import { beforeAll, expect, it, onTestFinished, vi } from "vitest";

// Each call is a process of its own, or several.
vi.setConfig({ testTimeout: 180_000 });

const run = promisify(execFile);
const packages = path.resolve(import.meta.dirname, "../packages");
/** The command of a service that exists in tests only, and that of DNAnexus, both from their sources. */
const acme = commandOf("cli/src/fixtures/acme-cli.ts");
const dnanexus = commandOf("dnanexus/src/cli.ts");
const token = "canary-helper-9c41d7e02b8f6a35";

function commandOf(file: string): readonly string[] {
  return [process.execPath, "--conditions=@auth/source", path.join(packages, file)];
}

function folder(): string {
  const made = mkdtempSync(path.join(tmpdir(), "auth-helper-"));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

const plain = { PATH: process.env["PATH"] ?? "" };

interface Heard {
  readonly method: string;
  readonly url: string;
  readonly authorization: string | undefined;
  readonly body: string;
}

interface Server {
  readonly url: string;
  readonly port: number;
  readonly heard: Heard[];
}

type Answer = (request: Heard, response: http.ServerResponse) => void;

async function listen(
  answer: Answer,
  tls?: { readonly key: string; readonly cert: string },
): Promise<Server> {
  const heard: Heard[] = [];
  const handle: http.RequestListener = (request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { method = "", url = "", headers } = request;
      const one = {
        method,
        url,
        authorization: headers.authorization,
        body: Buffer.concat(chunks).toString(),
      };
      heard.push(one);
      answer(one, response);
    });
  };
  const server = tls === undefined ? http.createServer(handle) : https.createServer(tls, handle);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `${tls === undefined ? "http" : "https"}://127.0.0.1:${port}`, port, heard };
}

/** A certificate for loopback and for a name, signed by an authority of its own. */
let tls: { readonly key: string; readonly cert: string; readonly authority: string };
beforeAll(async () => {
  const at = mkdtempSync(path.join(tmpdir(), "auth-helper-tls-"));
  const openssl = (...args: readonly string[]): Promise<unknown> => run("openssl", [...args], { cwd: at });
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  await openssl(
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
  await openssl("req", ...key, "-keyout", "key.pem", "-out", "request.pem", "-subj", "/CN=localhost");
  writeFileSync(path.join(at, "names"), "subjectAltName=IP:127.0.0.1,DNS:git.acme.example\n");
  await openssl(
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
    "-days",
    "2",
  );
  const read = (name: string): string => readFileSync(path.join(at, name), "utf8");
  tls = { key: read("key.pem"), cert: read("cert.pem"), authority: path.join(at, "ca.pem") };
  return () => rmSync(at, { recursive: true });
});

it("git takes the token as a password, for the provider's host alone, and asks anew after a refusal", async () => {
  const home = folder();
  const held = path.join(home, "token");
  writeFileSync(held, token, { mode: 0o600 });
  let good = token;
  const basic = (secret: string): string => `Basic ${Buffer.from(`x-token:${secret}`).toString("base64")}`;
  const server = await listen(({ authorization }, response) => {
    if (authorization !== basic(good)) {
      response.writeHead(401, { "www-authenticate": 'Basic realm="git"' }).end();
      return;
    }
    // The advertisement of an empty repository.
    response
      .writeHead(200, { "content-type": "application/x-git-upload-pack-advertisement" })
      .end("001e# service=git-upload-pack\n00000000");
  }, tls);
  // git connects through a proxy, so that a name can lead to loopback.
  const proxy = http.createServer();
  proxy.on("connect", (_request, socket) => {
    const there = connect(server.port, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      there.pipe(socket).pipe(there);
    });
    for (const end of [socket, there]) end.on("error", () => undefined);
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    proxy.closeAllConnections();
    proxy.close();
  });
  const helper = `!${acme.map((word) => `'${word}'`).join(" ")} helper git`;
  const git = (url: string): Promise<{ stdout: string }> =>
    run(
      "git",
      [
        "-c",
        `credential.helper=${helper}`,
        "-c",
        `http.proxy=http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
        "-c",
        `http.sslCAInfo=${tls.authority}`,
        "ls-remote",
        url,
      ],
      { cwd: home, env: { ...plain, HOME: home, GIT_TERMINAL_PROMPT: "0", ACME_LOGIN_FILE: held } },
    );

  await git("https://git.acme.example/repo.git");
  expect(server.heard.map(({ authorization }) => authorization)).toEqual([undefined, basic(token)]);

  good = "canary-helper-0a1b2c3d4e5f6071";
  await expect(git("https://git.acme.example/repo.git")).rejects.toThrow(/Authentication failed/);
  writeFileSync(held, good, { mode: 0o600 });
  await git("https://git.acme.example/repo.git");
  expect(server.heard.at(-1)?.authorization).toBe(basic(good));

  const before = server.heard.length;
  await expect(git("https://127.0.0.1/repo.git")).rejects.toThrow(/repo\.git/);
  expect(server.heard.slice(before).map(({ authorization }) => authorization)).toEqual([undefined]);
});

it("curl sends the header with the one URL of its config, and has nothing to fetch for a foreign one", async () => {
  const server = await listen((_request, response) => void response.end("well"));
  const config = async (url: string): Promise<string> => {
    const [file = "", ...args] = acme;
    return (
      await run(file, [...args, "helper", "curl", url], {
        env: { ...plain, ACME_URL: server.url, ACME_TOKEN: token },
      })
    ).stdout;
  };
  const curl = async (text: string): Promise<string> => {
    const child = spawn("curl", ["-sS", "-K", "-"], { env: plain, stdio: ["pipe", "pipe", "ignore"] });
    child.stdin.end(text);
    let shown = "";
    child.stdout.on("data", (more) => void (shown += String(more)));
    await new Promise((resolve) => child.on("close", resolve));
    return shown;
  };
  expect(await curl(await config("/things?a=1"))).toBe("well");
  expect(server.heard).toMatchObject([{ url: "/things?a=1", authorization: `Bearer ${token}` }]);
  expect(await curl(await config("http://127.0.0.1:1/things"))).toBe("");
});

it("pnpm's tokenHelper gets the whole header for a registry", async () => {
  const home = folder();
  const server = await listen(({ url, authorization }, response) => {
    if (authorization !== `Bearer ${token}`) response.writeHead(401).end("{}");
    else if (url === "/thing") {
      const version = {
        name: "thing",
        version: "1.0.0",
        dist: { tarball: `${server.url}/thing.tgz`, shasum: "" },
      };
      const facts = { name: "thing", "dist-tags": { latest: "1.0.0" }, versions: { "1.0.0": version } };
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(facts));
    } else response.writeHead(404).end("{}");
  });
  // pnpm wants the path of a program, and passes no arguments.
  const helper = path.join(home, "token-helper");
  writeFileSync(
    helper,
    `#!/bin/sh\nexec ${acme.map((word) => `'${word}'`).join(" ")} helper token --prefix\n`,
  );
  chmodSync(helper, 0o700);
  writeFileSync(
    path.join(home, ".npmrc"),
    `registry=${server.url}/\n//127.0.0.1:${server.port}/:tokenHelper=${helper}\n`,
  );
  const { stdout } = await run("pnpm", ["view", "thing", "version"], {
    cwd: home,
    env: { ...plain, HOME: home, XDG_CONFIG_HOME: home, ACME_TOKEN: token },
  });
  expect(stdout.trim()).toBe("1.0.0");
  expect(server.heard.every(({ authorization }) => authorization === `Bearer ${token}`)).toBe(true);
});

/** STS: takes a job's identity token, and then the credentials that it gave for it. */
async function startSts(): Promise<Server> {
  return listen(({ body }, response) => {
    const asked = new URLSearchParams(body);
    response.setHeader("content-type", "text/xml");
    if (asked.get("Action") === "GetCallerIdentity") {
      response.end(
        "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:sts::123456789012:assumed-role/job</Arn><UserId>u</UserId><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>",
      );
    } else if ((asked.get("WebIdentityToken") ?? "").split(".").length !== 3) {
      response
        .writeHead(400)
        .end("<ErrorResponse><Error><Code>InvalidIdentityToken</Code></Error></ErrorResponse>");
    } else {
      const expiration = new Date(Date.now() + 3_600_000).toISOString();
      response.end(
        `<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>ASIAEXAMPLE</AccessKeyId><SecretAccessKey>secret/of+the=role</SecretAccessKey><SessionToken>session/token==</SessionToken><Expiration>${expiration}</Expiration></Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`,
      );
    }
  });
}

async function jobEnvironment(): Promise<Record<string, string>> {
  const fake = await startFakeDNAnexus({ tokens: { "token-of-the-launcher": "alice" } });
  onTestFinished(() => fake.close());
  return { ...plain, ...fake.jobEnvironment({ launchedWith: "token-of-the-launcher" }) };
}

it("the AWS CLI takes the role of a job by credential_process", async () => {
  const home = folder();
  const sts = await startSts();
  const config = path.join(home, "config");
  writeFileSync(
    config,
    `[profile job]\nregion = us-east-1\ncredential_process = ${dnanexus.join(" ")} helper aws\n`,
  );
  const { stdout } = await run(
    "aws",
    ["sts", "get-caller-identity", "--profile", "job", "--endpoint-url", sts.url],
    {
      env: {
        ...(await jobEnvironment()),
        HOME: home,
        AWS_CONFIG_FILE: config,
        AWS_ROLE_ARN: "arn:aws:iam::123456789012:role/job",
        AWS_ENDPOINT_URL_STS: sts.url,
      },
    },
  );
  expect(JSON.parse(stdout)).toMatchObject({ Account: "123456789012" });
  const [assumed, called] = sts.heard;
  expect(new URLSearchParams(assumed?.body).get("RoleArn")).toBe("arn:aws:iam::123456789012:role/job");
  expect(new URLSearchParams(assumed?.body).get("RoleSessionName")).toMatch(/^dnanexus_job-/);
  expect(called?.authorization).toContain("Credential=ASIAEXAMPLE/");
});

it("the AWS SDK takes the role of a job by credential_process", async () => {
  const home = folder();
  const sts = await startSts();
  const env = {
    ...(await jobEnvironment()),
    AWS_ROLE_ARN: "arn:aws:iam::123456789012:role/job",
    AWS_ENDPOINT_URL_STS: sts.url,
  };
  const exported = Object.entries(env)
    .map(([name, value]) => `export ${name}='${value}'`)
    .join("\n");
  const program = path.join(home, "credentials");
  writeFileSync(program, `#!/bin/sh\n${exported}\nexec ${dnanexus.join(" ")} helper aws\n`);
  chmodSync(program, 0o700);
  const config = path.join(home, "config");
  writeFileSync(config, `[profile job]\ncredential_process = ${program}\n`);
  const credentials = fromProcess({
    profile: "job",
    configFilepath: config,
    filepath: path.join(home, "none"),
  });
  expect(await credentials()).toMatchObject({
    accessKeyId: "ASIAEXAMPLE",
    secretAccessKey: "secret/of+the=role",
    sessionToken: "session/token==",
    expiration: expect.any(Date),
  });
});

it("google-auth-library exchanges the identity token of a job", async () => {
  const home = folder();
  const env = await jobEnvironment();
  const exported = Object.entries(env)
    .map(([name, value]) => `export ${name}='${value}'`)
    .join("\n");
  const program = path.join(home, "identity");
  writeFileSync(program, `#!/bin/sh\n${exported}\nexec ${dnanexus.join(" ")} helper google\n`);
  chmodSync(program, 0o700);
  const exchange = await listen((_request, response) => {
    const answer = {
      access_token: "token-of-google",
      issued_token_type: "urn:ietf:params:oauth:token-type:access_token",
      token_type: "Bearer",
      expires_in: 3600,
    };
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
  });
  process.env["GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES"] = "1";
  const audience =
    "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/dnanexus";
  const client = ExternalAccountClient.fromJSON({
    type: "external_account",
    audience,
    subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
    token_url: `${exchange.url}/token`,
    credential_source: { executable: { command: program, timeout_millis: 30_000 } },
  });
  expect((await client?.getAccessToken())?.token).toBe("token-of-google");
  const subject = new URLSearchParams(exchange.heard[0]?.body).get("subject_token") ?? "";
  const [, claims = ""] = subject.split(".");
  expect(JSON.parse(Buffer.from(claims, "base64url").toString())).toMatchObject({ aud: audience });
});

it("kubectl gets a bearer token for the cluster that the provider knows, and none for another", async () => {
  const home = folder();
  const cluster = await listen((_request, response) => {
    response.writeHead(200, { "content-type": "application/json" }).end('{"well":true}');
  }, tls);
  const config = path.join(home, "kubeconfig");
  const [command = "", ...args] = acme;
  const kubectl = (address: string): Promise<{ stdout: string }> => {
    // The kubeconfig is YAML, of which JSON is a part.
    const facts = {
      apiVersion: "v1",
      kind: "Config",
      "current-context": "it",
      contexts: [{ name: "it", context: { cluster: "it", user: "it" } }],
      clusters: [{ name: "it", cluster: { server: cluster.url, "certificate-authority": tls.authority } }],
      users: [
        {
          name: "it",
          user: {
            exec: {
              apiVersion: "client.authentication.k8s.io/v1beta1",
              command,
              args: [...args, "helper", "kubernetes"],
              env: [
                { name: "ACME_URL", value: address },
                { name: "ACME_TOKEN", value: token },
              ],
              provideClusterInfo: true,
              interactiveMode: "Never",
            },
          },
        },
      ],
    };
    writeFileSync(config, JSON.stringify(facts));
    return run("kubectl", ["--kubeconfig", config, "get", "--raw", "/version"], {
      env: { ...plain, HOME: home },
    });
  };
  expect((await kubectl(cluster.url)).stdout).toBe('{"well":true}');
  expect(new Set(cluster.heard.map(({ authorization }) => authorization))).toEqual(
    new Set([`Bearer ${token}`]),
  );
  const before = cluster.heard.length;
  await expect(kubectl("https://api.acme.example")).rejects.toThrow(/exec|getting credentials/);
  expect(cluster.heard).toHaveLength(before);
});
