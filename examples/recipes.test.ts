import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { promisify } from "node:util";

import { type FakePylon, startFakePylon } from "@auth/pylon/testing";
import { startLoopbackServer } from "@auth/testing";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { handlerWith } from "./recipes/aws-lambda.ts";
import worker from "./recipes/cloudflare-worker.ts";
import { issueTitles as fromContainer } from "./recipes/docker.ts";
import { issuesRoute } from "./recipes/nextjs-route.ts";

/** Tokens of these tests. None may show up in anything that a program prints. */
const canary = "canary-pylon-6d1b8e4f0a7c2935";
const next = "canary-pylon-2f7a9c0e5b8d1463";
const titles = ["Cannot log in", "Invoice is missing"];
const carried = () => fake.requests.map(({ headers }) => headers.authorization);

let fake: FakePylon;
beforeEach(async () => {
  fake = await startFakePylon({ tokens: { [canary]: {}, [next]: {} } });
});
afterEach(async () => {
  vi.unstubAllGlobals();
  await fake.close();
});

describe("AWS Lambda", () => {
  it("asks Secrets Manager once for many invocations, and again after a refusal", async () => {
    let secret = canary;
    await using extension = await startLoopbackServer(({ url, headers }) =>
      url === "/secretsmanager/get?secretId=acme%2Fpylon" &&
      headers["x-aws-parameters-secrets-token"] === "session"
        ? { body: { SecretString: secret } }
        : { status: 403 },
    );
    const { port } = new URL(extension.url);
    const env = { PARAMETERS_SECRETS_EXTENSION_HTTP_PORT: port, AWS_SESSION_TOKEN: "session" };
    const handler = handlerWith({ baseUrl: fake.url, env });
    expect(extension.requests).toEqual([]);

    for (let invocation = 0; invocation < 3; invocation++) {
      const { statusCode, body } = await handler();
      expect([statusCode, JSON.parse(body).data.length]).toEqual([200, 2]);
    }
    expect(extension.requests).toHaveLength(1);

    fake.revokeToken(canary);
    secret = next;
    expect((await handler()).statusCode).toBe(200);
    expect([extension.requests.length, carried().at(-1)]).toEqual([2, `Bearer ${next}`]);
  });

  it("fails where the extension refuses, and sends nothing", async () => {
    await using extension = await startLoopbackServer(() => ({ status: 403 }));
    const { port } = new URL(extension.url);
    const handler = handlerWith({
      baseUrl: fake.url,
      env: { PARAMETERS_SECRETS_EXTENSION_HTTP_PORT: port, PYLON_API_TOKEN: canary },
    });
    await expect(handler()).rejects.toMatchObject({ code: "AUTH_TOKEN_SOURCE_FAILED" });
    expect(fake.requests).toEqual([]);
  });
});

describe("Docker", () => {
  it("reads a file that is open to all, as a mount is, and reads it again after a refusal", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "run-secrets-"));
    try {
      const file = path.join(folder, "pylon_token");
      await writeFile(file, `${canary}\n`);
      await chmod(file, 0o444);
      expect(await fromContainer(file, { baseUrl: fake.url })).toEqual(titles);
      expect(carried()).toEqual([`Bearer ${canary}`]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("goes on to the environment where nothing is mounted, and says so where that is empty too", async () => {
    const options = { baseUrl: fake.url, env: { PYLON_API_TOKEN: canary } };
    expect(await fromContainer("/run/secrets/not-mounted", options)).toEqual(titles);
    await expect(fromContainer("/run/secrets/not-mounted", { env: {} })).rejects.toMatchObject({
      code: "AUTH_TOKEN_NOT_FOUND",
      remedy: expect.stringContaining("secrets: in compose.yaml") as string,
    });
  });

  it("mounts the secret where the program reads it, and puts it into no variable", () => {
    const compose = readFileSync(path.join(import.meta.dirname, "recipes/compose.yaml"), "utf8");
    expect(compose).toContain("secrets: [pylon_token]");
    expect(compose).not.toMatch(/^\s+(?:environment|env_file|args):/m);
  });
});

describe("GitHub Actions", { timeout: 60_000 }, () => {
  const program = path.join(import.meta.dirname, "recipes/check-token.ts");
  const check = async (env: Record<string, string>): Promise<{ code: number; stdout: string }> => {
    const flags = ["--no-warnings", "--conditions=@auth/source", program];
    const options = { env: { PATH: process.env["PATH"], PYLON_BASE_URL: fake.url, ...env } };
    return promisify(execFile)(process.execPath, flags, options).then(
      ({ stdout }) => ({ code: 0, stdout }),
      ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({
        code,
        stdout: stdout + stderr,
      }),
    );
  };

  it("succeeds with a good token", async () => {
    const { code, stdout } = await check({ PYLON_API_TOKEN: canary });
    expect(code).toBe(0);
    expect(stdout).toContain("env PYLON_API_TOKEN");
    expect(stdout).not.toContain(canary);
  });

  it("fails with a refused token, and in a fork, where the secret is blank, and says what to do", async () => {
    fake.revokeToken(canary);
    const refused = await check({ PYLON_API_TOKEN: canary });
    expect([refused.code, refused.stdout.includes(canary)]).toEqual([1, false]);
    expect(refused.stdout).toContain("Replace the token in env PYLON_API_TOKEN");
    const fork = await check({ PYLON_API_TOKEN: "" });
    expect(fork.code).toBe(1);
    expect(fork.stdout).toContain("Set PYLON_API_TOKEN");
  });

  it("gives the secret to one step, by its environment, and to no command", () => {
    const workflow = readFileSync(path.join(import.meta.dirname, "recipes/github-actions.yml"), "utf8");
    expect(workflow.split("\n").filter((line) => line.includes("${{"))).toEqual([
      "          PYLON_API_TOKEN: ${{ secrets.PYLON_API_TOKEN }}",
    ]);
    expect(workflow).toContain(`- run: node ${path.basename(program)}`);
  });
});

describe("Next.js", () => {
  /** The `fetch` of Next.js at its most eager: it keeps each answer, by its URL, unless it is told not to. */
  function keepAnswers(): void {
    const platform = globalThis.fetch;
    const kept = new Map<string, Response>();
    vi.stubGlobal("fetch", async (input: string | URL | Request, init?: RequestInit) => {
      if (init?.cache === "no-store") return platform(input, init);
      const url = input instanceof Request ? input.url : String(input);
      if (!kept.has(url)) kept.set(url, await platform(input, init));
      return kept.get(url)?.clone();
    });
  }
  const request = new Request("https://acme.example/issues");

  it("gives nobody the answer that was meant for somebody else", async () => {
    keepAnswers();
    await (await issuesRoute({ baseUrl: fake.url, token: canary })(request)).json();
    const response = await issuesRoute({ baseUrl: fake.url, token: next })(request);
    expect(await response.json()).toEqual(titles);
    expect(response.headers.get("cache-control")).toBe("private, no-store");
    expect(carried()).toEqual([`Bearer ${canary}`, `Bearer ${next}`]);
  });

  it("would otherwise", async () => {
    keepAnswers();
    const kept = { baseUrl: fake.url, fetch: globalThis.fetch };
    await (await issuesRoute({ ...kept, token: canary })(request)).json();
    await (await issuesRoute({ ...kept, token: next })(request)).json();
    expect(carried()).toEqual([`Bearer ${canary}`]);
  });

  it("tells the page a code, and nothing of the server", async () => {
    const response = await issuesRoute({ baseUrl: fake.url, env: {} })(request);
    expect([response.status, await response.json()]).toEqual([502, { code: "AUTH_TOKEN_NOT_FOUND" }]);
  });
});

describe("Cloudflare Workers", () => {
  const visit = (query: string, token = canary) =>
    worker.fetch(new Request(`https://worker.example/${query}`), {
      PYLON_API_TOKEN: token,
      PYLON_BASE_URL: fake.url,
    });

  it("sends the token of the request's own bindings", async () => {
    vi.stubGlobal("navigator", { userAgent: "Cloudflare-Workers" });
    const answers = await Promise.all([visit("?limit=1"), visit("?limit=1", next)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(new Set(carried())).toEqual(new Set([`Bearer ${canary}`, `Bearer ${next}`]));
  });

  it("goes where the program says, whatever a visitor writes", async () => {
    await visit("?limit=1%26cursor=https://elsewhere.example/");
    expect(fake.requests.map(({ url }) => url)).toEqual(["/issues?limit=NaN"]);
  });
});
