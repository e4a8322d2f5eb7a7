import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { stripVTControlCharacters } from "node:util";

import { describe, expect, it, vi } from "vitest";

import { acmeService, atTerminal, canary, emptyFolder, outcomeOf, run, start } from "./fixtures/run.ts";

// Each call is a process of its own.
vi.setConfig({ testTimeout: 180_000 });

const lines = (text: string): string[] => stripVTControlCharacters(text).split(/\r?\n/);

async function world(): Promise<{ readonly url: string; readonly env: Readonly<Record<string, string>> }> {
  const { url } = await acmeService();
  return { url, env: { ACME_URL: url, ACME_TOKEN: canary } };
}

describe("status", () => {
  it("tells where the token comes from, and that the service was not asked", async () => {
    const { env, url } = await world();
    const { code, stdout, stderr } = await run(["status"], { env });
    expect(code).toBe(0);
    expect(stdout).toContain("env ACME_TOKEN: used");
    expect(stdout).toContain(url);
    expect(stderr).toContain("The service was not asked");
  });

  it("ends with 1 where there is no token, and says what to do", async () => {
    const { code, stdout } = await run(["status"], { env: { ACME_URL: "http://127.0.0.1:9" } });
    expect(code).toBe(1);
    expect(stdout).toContain("remedy  Set ACME_TOKEN");
  });

  it("asks the service with --verify", async () => {
    const { env } = await world();
    expect((await run(["status", "--verify"], { env })).stdout).toContain("user Ada (u-1)");
    const refused = await run(["status", "--verify"], { env: { ...env, ACME_TOKEN: "another" } });
    expect(refused.code).toBe(1);
    expect(refused.stdout).toContain("AUTH_TOKEN_REJECTED");
  });

  it("is explain() as one object with --json", async () => {
    const { env, url } = await world();
    const { code, stdout } = await run(["status", "--verify", "--json"], { env });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      provider: "acme",
      baseUrl: url,
      origins: [url],
      outcome: "verified",
      attempts: [{ source: "env ACME_TOKEN", outcome: "used" }, {}, {}],
      warnings: [],
      identity: { kind: "user", id: "u-1" },
    });
    const none = await run(["status", "--json"], { env: { ACME_URL: url } });
    expect(none.code).toBe(1);
    expect(JSON.parse(none.stdout)).toMatchObject({
      outcome: "failed",
      error: { code: "AUTH_TOKEN_NOT_FOUND" },
    });
  });

  it.each([80, 100, 200])("fits a terminal of %i columns, with links whole", async (columns) => {
    const screen = atTerminal(["status"], {
      columns,
      env: { ACME_URL: "https://acme.example/a/longer/path/to/the/api" },
    });
    expect(await screen.ended).toBe(1);
    const shown = lines(screen.text());
    expect(Math.max(...shown.map(({ length }) => length))).toBeLessThanOrEqual(columns);
    expect(shown.some((line) => line.includes("https://acme.example/settings/tokens"))).toBe(true);
  });

  it("has colours at a terminal, and none with NO_COLOR or in a pipe", async () => {
    const { env } = await world();
    const isColoured = (text: string): boolean => stripVTControlCharacters(text) !== text;
    const shown = atTerminal(["status"], { env });
    await shown.ended;
    expect(isColoured(shown.text())).toBe(true);
    const plain = atTerminal(["status"], { env: { ...env, NO_COLOR: "1" } });
    await plain.ended;
    expect(isColoured(plain.text())).toBe(false);
    expect(isColoured((await run(["status"], { env })).stdout)).toBe(false);
  });
});

describe("verify", () => {
  it("tells whose token it is", async () => {
    const { env } = await world();
    const { code, stdout } = await run(["verify"], { env });
    expect(code).toBe(0);
    expect(stdout).toContain("user Ada (u-1)");
    expect(stdout).toContain("r-1");
  });

  it("is what verify() gives with --json, and { error } where it fails", async () => {
    const { env } = await world();
    const good = await run(["verify", "--json"], { env });
    expect(JSON.parse(good.stdout)).toMatchObject({
      identity: { kind: "user", id: "u-1" },
      token: { source: "env ACME_TOKEN", fingerprint: expect.stringMatching(/^[0-9a-f]{8}$/) },
    });
    const bad = await run(["verify", "--json"], { env: { ...env, ACME_TOKEN: "another" } });
    expect(bad.code).toBe(1);
    expect(JSON.parse(bad.stdout)).toMatchObject({
      error: { code: "AUTH_TOKEN_REJECTED", status: 401, remedy: expect.stringContaining("env ACME_TOKEN") },
    });
  });
});

describe("token", () => {
  it("goes into a pipe with a line break", async () => {
    expect((await run(["token"], { env: { ACME_TOKEN: canary } })).stdout).toBe(`${canary}\n`);
  });

  it("is shown at a terminal only with --reveal", async () => {
    const hidden = atTerminal(["token"], { env: { ACME_TOKEN: canary } });
    expect(await hidden.ended).toBe(1);
    expect(hidden.text()).toContain("--reveal");
    expect(hidden.text()).not.toContain(canary);
    const revealed = atTerminal(["token", "--reveal"], { env: { ACME_TOKEN: canary } });
    expect(await revealed.ended).toBe(0);
    expect(revealed.text()).toContain(canary);
  });
});

describe("headers", () => {
  it("are JSON for an address of the service, and none for a foreign one", async () => {
    const { env, url } = await world();
    const own = await run(["headers", `${url}/things`], { env });
    expect(JSON.parse(own.stdout)).toEqual({ authorization: `Bearer ${canary}` });
    const foreign = await run(["headers", "https://elsewhere.example/"], { env });
    expect(foreign.code).toBe(0);
    expect(JSON.parse(foreign.stdout)).toEqual({});
  });
});

describe("exec", () => {
  const env = { ACME_TOKEN: "", ACME_KEY: canary };

  it("gives the token in the provider's variable, and the arguments as they are", async () => {
    const script =
      "process.stdout.write(JSON.stringify([process.env.ACME_TOKEN.length, ...process.argv.slice(1)]))";
    const { code, stdout, stderr } = await run(
      ["exec", "--", process.execPath, "-e", script, "--", "--json", "a b", "$HOME"],
      { env },
    );
    expect(JSON.parse(stdout)).toEqual([canary.length, "--json", "a b", "$HOME"]);
    expect(code).toBe(0);
    expect(stderr).toBe("");
  });

  it("ends as the command ends", async () => {
    expect((await run(["exec", "--", process.execPath, "-e", "process.exit(7)"], { env })).code).toBe(7);
    const killed = await run(["exec", "--", process.execPath, "-e", "process.kill(process.pid, 'SIGTERM')"], {
      env,
    });
    expect(killed.code).toBe(128 + 15);
    const missing = await run(["exec", "--", "no-such-command-here"], { env });
    expect(missing.code).toBe(127);
    expect(missing.stderr).toContain("There is no command no-such-command-here.");
  });

  it("passes a signal on", async () => {
    const script =
      "process.on('SIGTERM', () => process.exit(3)); console.log('ready'); setInterval(() => {}, 1000)";
    const child = start(["exec", "--", process.execPath, "-e", script], { env });
    const ended = outcomeOf(child);
    await new Promise((resolve) => child.stdout?.once("data", resolve));
    child.kill("SIGTERM");
    expect((await ended).code).toBe(3);
  });
});

describe("login", () => {
  it("takes the token from standard input", async () => {
    const { url } = await acmeService();
    const file = path.join(emptyFolder(), "login");
    const env = { ACME_URL: url, ACME_LOGIN_FILE: file };
    const { code, stdout, stderr } = await run(["login", "--token-stdin"], { env, input: `${canary}\n` });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("Logged in as user Ada (u-1)");
    expect(readFileSync(file, "utf8")).toBe(canary);
    expect(stdout + stderr).not.toContain(canary);
  });

  it("says which variable comes before the new login", async () => {
    const { url } = await acmeService();
    const env = { ACME_URL: url, ACME_LOGIN_FILE: path.join(emptyFolder(), "login"), ACME_KEY: "another" };
    const { stderr } = await run(["login", "--token-stdin"], { env, input: canary });
    expect(stderr).toContain("ACME_KEY is set, and comes before this login.");
  });

  it("refuses to ask where there is no terminal", async () => {
    const { code, stderr } = await run(["login"]);
    expect(code).toBe(2);
    expect(stderr).toContain("--token-stdin");
  });

  it("asks step by step at a terminal, and shows neither the secret nor its length", async () => {
    const { url } = await acmeService();
    const file = path.join(emptyFolder(), "login");
    const screen = atTerminal(["login"], { env: { ACME_URL: url, ACME_LOGIN_FILE: file, NO_COLOR: "1" } });
    await screen.shows("How do you want to log in?");
    screen.type("\r");
    await screen.shows("Who are you?");
    screen.type("ada\r");
    await screen.shows("Password (not shown)");
    screen.type(canary);
    screen.type("\r");
    expect(await screen.ended).toBe(0);
    expect(screen.text()).toContain("Logged in as user Ada (u-1)");
    expect(screen.text()).not.toContain(canary.slice(0, 6));
    expect(screen.text()).not.toMatch(/[*▪•_]{5}/);
    expect(readFileSync(file, "utf8")).toBe(canary);
  });

  it("can be left with Ctrl-C at each question, and then nothing was changed", async () => {
    const { url, requests } = await acmeService();
    const file = path.join(emptyFolder(), "login");
    for (const answers of [[], ["\r"], ["\r", "ada\r"]]) {
      const screen = atTerminal(["login"], { env: { ACME_URL: url, ACME_LOGIN_FILE: file } });
      const questions = ["How do you want", "Who are you?", "Password (not shown)"];
      for (const [index, answer] of [...answers, "\u0003"].entries()) {
        await screen.shows(questions[index] ?? "");
        screen.type(answer);
      }
      expect(await screen.ended).toBe(130);
      expect(screen.text()).toContain("Nothing was changed.");
    }
    expect(existsSync(file)).toBe(false);
    expect(requests).toEqual([]);
  });

  it("tells a program of a failure on standard output, as verify does", async () => {
    const { url } = await acmeService();
    const { code, stdout } = await run(["login", "--token-stdin", "--json"], {
      env: { ACME_URL: url },
      input: "wrong",
    });
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: "AUTH_TOKEN_REJECTED" } });
  });
});

describe("logout", () => {
  it("says what happened", async () => {
    const file = path.join(emptyFolder(), "login");
    writeFileSync(file, canary, { mode: 0o600 });
    const { code, stdout } = await run(["logout"], { env: { ACME_LOGIN_FILE: file } });
    expect(code).toBe(0);
    expect(stdout).toContain("The saved login is deleted.");
    expect(existsSync(file)).toBe(false);
  });
});

describe("errors", () => {
  it("shows the page of a code, whatever its case", async () => {
    const { code, stdout } = await run(["errors", "auth_token_rejected"]);
    expect(code).toBe(0);
    expect(stdout).toContain("AUTH_TOKEN_REJECTED");
    expect(stdout).toContain("What to do.");
  });

  it("lists the codes, and knows no other", async () => {
    expect((await run(["errors"])).stdout.trim().split("\n")).toContain("AUTH_OTP_REQUIRED");
    expect((await run(["errors", "AUTH_NONSENSE"])).code).toBe(2);
  });
});

describe("fake", () => {
  it("runs until it is stopped, says what to export, and answers as it was told", async () => {
    const child = start(["fake", "--json", "--script", 'GET /me={"status":429}']);
    const ended = outcomeOf(child);
    const first = await new Promise<string>((resolve) =>
      child.stdout?.once("data", (text) => resolve(String(text))),
    );
    const { environment } = JSON.parse(first) as { environment: Record<string, string> };
    const limited = await run(["verify", "--json", "--timeout", "500"], { env: environment });
    expect(JSON.parse(limited.stdout)).toMatchObject({ identity: { id: "u-1" } });
    child.kill("SIGINT");
    const { code, stderr } = await ended;
    expect(code).toBe(0);
    // The first try was answered by the script, and the second as usual.
    expect(stderr.trim().split("\n")).toEqual(["GET /me", "GET /me"]);
  });

  it.each([["GET /me=429"], ["nonsense"], ["=x"]])("refuses the script %s", async (script) => {
    expect((await run(["fake", "--script", script])).code).toBe(2);
  });
});

describe("a call that cannot be carried out", () => {
  it.each([
    [["staus"], "Did you mean status?"],
    [["status", "--jsn"], "Did you mean --json?"],
    [["status", "--region", "mars"], "Allowed choices are us, eu"],
    [["headers"], "missing required argument 'url'"],
    [["status", "more"], "too many arguments"],
    [["status", "--timeout", "soon"], "milliseconds above zero"],
    [["helper", "nonsense"], "does not answer nonsense"],
  ])("ends %j with 2", async (args, words) => {
    const { code, stderr, stdout } = await run(args);
    expect(code).toBe(2);
    expect(stderr).toContain(words);
    expect(stdout).toBe("");
  });

  it("gives help with examples, which fits 80 columns", async () => {
    for (const args of [
      ["--help"],
      ["login", "--help"],
      ["exec", "--help"],
      ["fake", "--help"],
      ["helper", "--help"],
    ]) {
      const { code, stdout } = await run(args);
      expect(code).toBe(0);
      expect(Math.max(...stdout.split("\n").map(({ length }) => length))).toBeLessThanOrEqual(80);
    }
    expect((await run(["status", "--help"])).stdout).toContain("Examples:\n  auth-acme status");
  });
});

describe("a reader that stops reading", () => {
  it("is no failure", async () => {
    const child = start(["errors", "AUTH_TOKEN_REJECTED"]);
    child.stdout?.destroy();
    const { code, stderr } = await outcomeOf(child);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });
});

describe("secrets", () => {
  it.each([
    [["status"]],
    [["status", "--verify", "--json"]],
    [["verify"]],
    [["verify", "--json", "--base-url", "http://127.0.0.1:9"]],
    [["doctor"]],
    [["doctor", "--json"]],
    [["errors"]],
    [["exec", "--", "echo", "ready"]],
    [["exec", "--", "no-such-command-here"]],
    [["helper", "nonsense"]],
    [["logout"]],
  ])("do not show in the output of %j", async (args) => {
    const { env } = await world();
    const { stdout, stderr } = await run(args, { env });
    expect(stdout + stderr).not.toBe("");
    expect(stdout + stderr).not.toContain(canary);
  });
});
