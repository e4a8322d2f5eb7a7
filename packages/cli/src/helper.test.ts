import { describe, expect, it, vi } from "vitest";

import { canary, run } from "./fixtures/run.ts";

// Each call is a process of its own.
vi.setConfig({ testTimeout: 180_000 });

const env = { ACME_TOKEN: canary, ACME_URL: "https://api.acme.example/v1" };
const own = "https://api.acme.example/v1/things";
const foreign = "https://elsewhere.example/things";

async function answer(
  args: readonly string[],
  input = "",
  more: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { code, stdout, stderr } = await run(["helper", ...args], { env: { ...env, ...more }, input });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return stdout;
}

describe("helper token", () => {
  it("is the bare token, or has a prefix", async () => {
    expect(await answer(["token"])).toBe(`${canary}\n`);
    expect(await answer(["token", "--prefix"])).toBe(`Bearer ${canary}\n`);
    expect(await answer(["token", "--prefix", "Basic"])).toBe(`Basic ${canary}\n`);
    expect(await answer(["token", "--prefix", "key="])).toBe(`key=${canary}\n`);
  });
});

describe("helper json", () => {
  it("is what fromCommand reads", async () => {
    expect(JSON.parse(await answer(["json"]))).toEqual({ token: canary });
  });
});

describe("helper headers", () => {
  it("are those of the URL, and none for a foreign one", async () => {
    expect(JSON.parse(await answer(["headers", own]))).toEqual({ authorization: `Bearer ${canary}` });
    expect(JSON.parse(await answer(["headers", foreign]))).toEqual({});
  });
});

describe("helper bazel", () => {
  it("answers get with the header as a list, and {} for a foreign URI", async () => {
    expect(JSON.parse(await answer(["bazel", "get"], JSON.stringify({ uri: own })))).toEqual({
      headers: { authorization: [`Bearer ${canary}`] },
    });
    expect(JSON.parse(await answer(["bazel", "get"], JSON.stringify({ uri: foreign })))).toEqual({});
  });

  it.each(["", "{}", "things", '{"uri":"/things"}', '{"uri":7}'])("refuses the input %j", async (input) => {
    const { code, stdout } = await run(["helper", "bazel", "get"], { env, input });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  });
});

describe("helper curl", () => {
  it("is a config of one URL with its header, and an empty one for a foreign URL", async () => {
    expect(await answer(["curl", own])).toBe(`url = "${own}"\nheader = "authorization: Bearer ${canary}"\n`);
    expect(await answer(["curl", "/things"])).toContain(`url = "${own}"`);
    expect(await answer(["curl", foreign])).toBe("");
  });
});

describe("helper git", () => {
  const ask = (lines: readonly string[]): string => `${lines.join("\n")}\n\n`;

  it("is a user name and the token for the hosts of the provider", async () => {
    expect(await answer(["git", "get"], ask(["protocol=https", "host=git.acme.example"]))).toBe(
      `username=x-token\npassword=${canary}\n`,
    );
  });

  it.each([
    [["protocol=http", "host=git.acme.example"]],
    [["protocol=https", "host=elsewhere.example"]],
    [["protocol=https", "host=api.acme.example"]],
    [["protocol=https", "host=git.acme.example:8443"]],
    [["protocol=https", "host=git.acme.example", "username=somebody"]],
    [["protocol=https"]],
    [[]],
  ])("says nothing to %j", async (lines) => {
    expect(await answer(["git", "get"], ask(lines))).toBe("");
  });

  it("keeps and forgets nothing", async () => {
    expect(
      await answer(["git", "store"], ask(["protocol=https", "host=git.acme.example", "password=x"])),
    ).toBe("");
    expect(await answer(["git", "erase"], ask(["protocol=https", "host=git.acme.example"]))).toBe("");
  });
});

describe("helper kubernetes", () => {
  const info = (server: string): Readonly<Record<string, string>> => ({
    KUBERNETES_EXEC_INFO: JSON.stringify({
      apiVersion: "client.authentication.k8s.io/v1",
      kind: "ExecCredential",
      spec: { interactive: false, cluster: { server } },
    }),
  });

  it("is an ExecCredential for the provider's own address", async () => {
    expect(JSON.parse(await answer(["kubernetes"], "", info("https://api.acme.example")))).toEqual({
      apiVersion: "client.authentication.k8s.io/v1",
      kind: "ExecCredential",
      status: { token: canary },
    });
  });

  it("gives nothing to another cluster, nor where none is named", async () => {
    const other = await run(["helper", "kubernetes"], {
      env: { ...env, ...info("https://elsewhere.example") },
    });
    expect(other).toMatchObject({ code: 1, stdout: "" });
    expect((await run(["helper", "kubernetes"], { env })).stderr).toContain("provideClusterInfo: true");
    expect((await run(["helper", "kubernetes"], { env: { ...env, ...info("/relative") } })).stdout).toBe("");
  });
});
