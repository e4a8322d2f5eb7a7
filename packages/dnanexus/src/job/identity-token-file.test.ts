import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";

import { fakeDNAnexus } from "../fixtures/sandbox.ts";
import { type IdentityTokenFileOptions, keepIdentityTokenFile } from "./identity-token-file.ts";
import { type AuthError, decodeIdentityToken, dnanexus, jobIdentityToken } from "../index.ts";

const id = "job-BBBBBBBBBBBBBBBBBBBBBBBB";
const path = `/${id}/getIdentityToken`;
const start = 1_766_000_000_000;

const directories: string[] = [];
afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
});

function newDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "identity-token-"));
  directories.push(directory);
  return directory;
}

/** A clock that only `pass` moves, and that what waits for it goes by. */
function createClock() {
  let at = start;
  let waiting: { readonly ms: number; readonly go: () => void } | undefined;
  let arrived = Promise.withResolvers<number>();
  return {
    now: () => at,
    wait: (ms: number, signal: AbortSignal) => {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      waiting = { ms, go: resolve };
      signal.addEventListener("abort", () => reject(signal.reason));
      arrived.resolve(ms);
      return promise;
    },
    /** How long is being waited for, as soon as somebody waits. */
    pending: () => arrived.promise,
    /** Lets the time pass that is being waited for; gives back how long the next pause will be. */
    async pass(): Promise<number> {
      await arrived.promise;
      arrived = Promise.withResolvers();
      at += waiting?.ms ?? 0;
      waiting?.go();
      return arrived.promise;
    },
  };
}

async function setUp(options: IdentityTokenFileOptions = {}, send: typeof fetch = fetch) {
  const clock = createClock();
  const fake = await fakeDNAnexus({ now: clock.now });
  const auth = dnanexus({ env: fake.jobEnvironment(), now: clock.now, fetch: send });
  const identity = jobIdentityToken(auth, { audience: "sts.amazonaws.com" });
  const file = join(newDirectory(), "web identity token");
  const keep = (target = file) =>
    keepIdentityTokenFile(identity, target, { now: clock.now, ...options }, clock.wait);
  return { clock, fake, file, keep, expiry: () => decodeIdentityToken(readFileSync(file, "utf8")).expiresAt };
}

const folder = fileURLToPath(new URL("..", import.meta.url));

describe("writeIdentityTokenFile", () => {
  it("writes the token alone, for this user alone, and names it to a child process", async () => {
    const { file, keep } = await setUp({ roleArn: "arn:aws:iam::123456789012:role/dx" });
    await using kept = await keep(relative(process.cwd(), file));
    expect(kept.path).toBe(file);
    expect(kept.env).toEqual({
      AWS_WEB_IDENTITY_TOKEN_FILE: file,
      AWS_ROLE_ARN: "arn:aws:iam::123456789012:role/dx",
      AWS_ROLE_SESSION_NAME: `dnanexus_${id}`,
    });
    expect(readFileSync(file, "utf8")).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(dirname(file))).toEqual([basename(file)]);
  });

  it("takes ~/ for the user's home, as a shell does", async () => {
    const { file, keep } = await setUp();
    vi.stubEnv("HOME", dirname(file));
    onTestFinished(() => void vi.unstubAllEnvs());
    await using kept = await keep("~/token");
    expect([kept.path, readdirSync(dirname(file))]).toEqual([join(dirname(file), "token"), ["token"]]);
  });

  it("names the file alone where there is no role, and takes a session's name", async () => {
    const { file, keep } = await setUp();
    await using kept = await keep();
    expect(kept.env).toEqual({ AWS_WEB_IDENTITY_TOKEN_FILE: file });
    const named = await setUp({ roleArn: "arn", roleSessionName: "mine" });
    await using other = await named.keep();
    expect(other.env["AWS_ROLE_SESSION_NAME"]).toBe("mine");
  });

  it("puts a new token there when a fifth of its life is left, in a new file, again and again", async () => {
    const { clock, file, keep, expiry } = await setUp();
    writeFileSync(file, "old", { mode: 0o644 });
    await using _ = await keep();
    expect([await clock.pending(), expiry()]).toEqual([240_000, start + 300_000]);
    const inode = statSync(file).ino;
    expect([await clock.pass(), expiry()]).toEqual([240_000, start + 540_000]);
    expect(statSync(file).ino).not.toBe(inode);
    expect([await clock.pass(), expiry()]).toEqual([240_000, start + 780_000]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(dirname(file))).toEqual([basename(file)]);
  });

  it("keeps the old token while none can be had, tells why, and asks ever less often", async () => {
    const errors: AuthError[] = [];
    const { clock, fake, keep, expiry } = await setUp({ onError: (error) => void errors.push(error) });
    await using _ = await keep();
    // Of a kind that is not tried again at once.
    fake.script(path, { type: "PermissionDenied", times: 6 });
    const pauses: number[] = [];
    for (let failed = 0; failed < 6; failed++) pauses.push(await clock.pass());
    expect(pauses).toEqual([5_000, 10_000, 20_000, 40_000, 60_000, 60_000]);
    expect(errors.map(({ code }) => code)).toEqual(Array(6).fill("AUTH_PERMISSION_DENIED"));
    expect(expiry()).toBe(start + 300_000);
    expect(await clock.pass()).toBe(240_000);
    expect(expiry()).toBe(clock.now() + 300_000);
    expect(errors).toHaveLength(6);
  });

  it("goes on when the file cannot be written for a while, or the callback throws", async () => {
    const errors: AuthError[] = [];
    const onError = (error: AuthError): never => {
      errors.push(error);
      throw new Error("mine");
    };
    const { clock, file, keep, expiry } = await setUp({ onError });
    await using _ = await keep();
    await clock.pending();
    rmSync(dirname(file), { recursive: true });
    expect(await clock.pass()).toBe(5_000);
    expect(errors).toMatchObject([{ code: "AUTH_PROVIDER_INVALID", message: expect.stringContaining(file) }]);
    mkdirSync(dirname(file));
    expect([await clock.pass(), expiry()]).toEqual([240_000, start + 545_000]);
  });

  it("throws where there is no first token, or no place for it", async () => {
    const { file, keep } = await setUp();
    await expect(keep(join(file, "nowhere"))).rejects.toMatchObject({ code: "AUTH_PROVIDER_INVALID" });
    const outside = jobIdentityToken(dnanexus({ env: {} }), { audience: "a" });
    const { wait } = createClock();
    await expect(keepIdentityTokenFile(outside, file, {}, wait)).rejects.toMatchObject({
      code: "AUTH_TOKEN_NOT_FOUND",
    });
    expect(readdirSync(dirname(file))).toEqual([]);
  });

  it.each(["close", "abort"])("asks for no more tokens after %s, and leaves the file", async (how) => {
    const controller = new AbortController();
    const { clock, fake, keep, expiry } = await setUp({ signal: controller.signal });
    const kept = await keep();
    await clock.pending();
    if (how === "abort") controller.abort();
    await kept.close();
    await kept.close();
    expect([fake.requests.length, expiry()]).toEqual([1, start + 300_000]);
  });

  it("writes nothing of a refresh during which it is closed", async () => {
    const asked = Promise.withResolvers<void>();
    const released = Promise.withResolvers<void>();
    let sent = 0;
    const { clock, keep, expiry } = await setUp({}, async (input, init) => {
      const response = await fetch(input, init);
      sent += 1;
      if (sent === 1) return response;
      asked.resolve();
      await released.promise;
      return response;
    });
    const kept = await keep();
    void clock.pass();
    await asked.promise;
    const closed = kept.close();
    released.resolve();
    await closed;
    expect([sent, expiry()]).toEqual([2, start + 300_000]);
  });

  it("does not keep the program running", async () => {
    const fake = await fakeDNAnexus();
    const code = `
      import { dnanexus, jobIdentityToken, writeIdentityTokenFile } from "@auth/dnanexus";
      const identity = jobIdentityToken(dnanexus(), { audience: "a" });
      await writeIdentityTokenFile(identity, "token");
      console.log("written");`;
    const flags = ["--no-warnings", "--conditions=@auth/source", "--input-type=module-typescript"];
    const file = join(newDirectory(), "token");
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [...flags, "--eval", code.replace('"token"', JSON.stringify(file))],
      { cwd: folder, env: { PATH: process.env["PATH"], ...fake.jobEnvironment() }, timeout: 50_000 },
    );
    expect([stdout, readdirSync(dirname(file))]).toEqual(["written\n", ["token"]]);
  });
});
