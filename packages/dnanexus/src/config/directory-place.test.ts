import { execFileSync } from "node:child_process";
import { chownSync, mkdirSync, symlinkSync, truncateSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";

import { describe, expect, it } from "vitest";

import { directoryPlace } from "./directory-place.ts";
import { context, createSandbox } from "../fixtures/sandbox.ts";

describe("directoryPlace", () => {
  it("reads what the toolkit writes", () => {
    const { paths, write } = createSandbox();
    write(paths.user, {
      DX_USERNAME: "alice",
      DX_SECURITY_CONTEXT: context("EXAMPLEtoken0123456789"),
      DX_APISERVER_PORT: "443",
    });
    const layer = directoryPlace("user", dirname(paths.user)).read();
    expect(layer.get("DX_SECURITY_CONTEXT")).toEqual({
      state: "set",
      value: context("EXAMPLEtoken0123456789"),
    });
    expect(layer.get("DX_APISERVER_PORT")).toEqual({ state: "set", value: "443" });
    expect(layer.get("DX_USERNAME")).toEqual({ state: "set", value: "alice" });
    expect(layer.get("DX_JOB_ID")).toEqual({ state: "absent", reason: `${paths.user} has no DX_JOB_ID` });
    expect(layer.warnings()).toEqual([]);
  });

  it("prefers the file of a single name to the key of that name", () => {
    const { paths, write } = createSandbox();
    const directory = dirname(write(paths.user, { DX_USERNAME: "alice", DX_CLI_WD: "/results" }));
    write(join(directory, "DX_USERNAME"), "bob\n");
    write(join(directory, "DX_CLI_WD"), "");
    const layer = directoryPlace("user", directory).read();
    expect(layer.get("DX_USERNAME")).toEqual({ state: "set", value: "bob\n" });
    expect(layer.get("DX_CLI_WD")).toEqual({ state: "set", value: "/results" });
  });

  it("says that a file or directory that is not there has nothing", () => {
    const { paths, write, home } = createSandbox();
    const absent = { state: "absent", reason: expect.stringContaining("does not exist") };
    expect(directoryPlace("user", dirname(paths.user)).read().get("DX_JOB_ID")).toEqual(absent);
    write(join(dirname(paths.user), "DX_USERNAME"), "alice");
    expect(directoryPlace("user", dirname(paths.user)).read().get("DX_JOB_ID")).toEqual(absent);
    const file = write(join(home, "file"), "");
    expect(directoryPlace("user", file).read().get("DX_JOB_ID")).toEqual(absent);
  });

  it.each([
    ["null as hidden", null, { state: "hidden" }],
    ["a number as the port's text", 8443, { state: "set", value: "8443" }],
    ["white space around a value as nothing", " 8443\n", { state: "set", value: "8443" }],
    ["an empty value as unset", "", { state: "absent", reason: expect.stringContaining("is empty") }],
    ["a fraction as broken", 84.5, { state: "broken", problem: "the value in it is not a text" }],
    ["true as broken", true, { state: "broken", problem: "the value in it is not a text" }],
    ["an object as broken", {}, { state: "broken", problem: "the value in it is not a text" }],
  ])("reads %s", (_, value, expected) => {
    const { paths, write } = createSandbox();
    write(paths.user, { DX_APISERVER_PORT: value });
    expect(directoryPlace("user", dirname(paths.user)).read().get("DX_APISERVER_PORT")).toMatchObject(
      expected,
    );
  });

  it.each([
    ["text that is not JSON", "{ DX_SECURITY_CONTEXT: canary }", "it is not JSON"],
    ["an empty file", "", "it is not JSON"],
    ["an array", "[]", "it is not a JSON object"],
    ["a byte that is no UTF-8", Buffer.from('{"DX_CLI_WD":"\xff"}', "latin1"), "it is not UTF-8"],
    ["UTF-16", Buffer.from('\ufeff{"DX_CLI_WD":"/"}', "utf16le"), "it is UTF-16, not UTF-8"],
    ["UTF-16 without a mark", Buffer.from('{"DX_CLI_WD":"/"}', "utf16le"), "it is UTF-16, not UTF-8"],
    ["UTF-16 the other way round", Buffer.from([0xfe, 0xff, 0, 0x7b, 0, 0x7d]), "it is UTF-16, not UTF-8"],
  ])("calls %s broken, without quoting it", (_, text, problem) => {
    const { paths, write } = createSandbox();
    write(paths.user, text);
    const layer = directoryPlace("user", dirname(paths.user)).read();
    const remedy = `Repair ${paths.user}, or remove it and run dx login.`;
    expect(layer.broken()).toEqual({ state: "broken", problem, remedy });
    expect(layer.get("DX_JOB_ID")).toMatchObject({ state: "broken", problem });
  });

  it("skips a byte order mark", () => {
    const { paths, write } = createSandbox();
    write(paths.user, '\uFEFF{"DX_APISERVER_PORT":"443"}');
    const { get } = directoryPlace("user", dirname(paths.user)).read();
    expect(get("DX_APISERVER_PORT")).toEqual({ state: "set", value: "443" });
  });

  it.runIf(process.platform === "linux")("ends its look at a file without a size that goes on", () => {
    const { paths } = createSandbox();
    mkdirSync(dirname(paths.user), { recursive: true });
    // Gigabytes, and zero by its own account. Some kernels give it in whole entries alone.
    symlinkSync("/proc/self/pagemap", paths.user);
    expect(directoryPlace("user", dirname(paths.user)).read().broken()?.problem).toMatch(
      /^it (?:is too large|cannot be read)/,
    );
  });

  it("calls a file of more than a megabyte broken, whatever it says of its size", () => {
    const { paths, write } = createSandbox();
    truncateSync(write(paths.user, ""), 3 * 2 ** 30);
    expect(directoryPlace("user", dirname(paths.user)).read().broken()).toEqual({
      state: "broken",
      problem: "it is too large (over 1048576 bytes)",
      remedy: `Remove ${paths.user}, or set DX_USER_CONF_DIR to a directory of your own.`,
    });
  });

  it("calls a file broken that the system does not let it read", () => {
    const { paths } = createSandbox();
    mkdirSync(dirname(paths.user), { recursive: true });
    symlinkSync(paths.user, paths.user);
    expect(directoryPlace("user", dirname(paths.user)).read().broken()).toEqual({
      state: "broken",
      problem: "it cannot be read (ELOOP)",
      remedy: `Let the user of this program read and write ${dirname(paths.user)}, or set DX_USER_CONF_DIR to a directory of your own.`,
    });
  });

  it("calls what is not a file broken, and waits for none", () => {
    const { paths } = createSandbox();
    mkdirSync(paths.user, { recursive: true });
    expect(directoryPlace("user", dirname(paths.user)).read().broken()?.problem).toBe(
      "it is not a regular file",
    );
    mkdirSync(dirname(paths.machine), { recursive: true });
    execFileSync("mkfifo", [paths.machine]);
    expect(directoryPlace("machine", dirname(paths.machine)).read().broken()?.problem).toBe(
      "it is not a regular file",
    );
  });

  it("warns of files that others may read, with the chmod to type", () => {
    const { paths, write } = createSandbox();
    const directory = dirname(write(paths.user, {}, 0o644));
    write(join(directory, "DX_USERNAME"), "alice", 0o640);
    write(join(directory, "unsetenv"), "unset DX_JOB_ID", 0o644);
    expect(directoryPlace("user", directory).read().warnings()).toEqual([
      `${paths.user} is open to other users (mode 644): run chmod 600 ${paths.user}.`,
      `${directory}/DX_USERNAME is open to other users (mode 640): run chmod 600 ${directory}/DX_USERNAME.`,
    ]);
  });

  it("warns of a file for all users only if there is a token in it", () => {
    const { paths, write } = createSandbox();
    write(paths.machine, { DX_APISERVER_HOST: "api.example.com" }, 0o644);
    expect(directoryPlace("machine", dirname(paths.machine)).read().warnings()).toEqual([]);
    write(paths.machine, { DX_SECURITY_CONTEXT: context("EXAMPLEtoken0123456789") }, 0o644);
    expect(directoryPlace("machine", dirname(paths.machine)).read().warnings()).toHaveLength(1);
  });

  it.runIf(process.getuid?.() === 0)("calls a file broken that belongs to another user", () => {
    const { paths, write } = createSandbox();
    chownSync(write(paths.user, {}), 12_345, 12_345);
    const layer = directoryPlace("user", dirname(paths.user)).read();
    expect(layer.broken()).toEqual({
      state: "broken",
      problem: "it belongs to another user",
      remedy: `Run this as that user, set DX_USER_CONF_DIR to a directory of your own, or run chown 0 ${paths.user} if it is yours.`,
    });
    expect(layer.warnings()).toEqual([]);
  });

  it.runIf(process.getuid?.() === 0)("warns of a file of one name that takes no part", () => {
    const { paths, write } = createSandbox();
    const path = join(dirname(write(paths.user, {})), "DX_USERNAME");
    chownSync(write(path, "alice"), 12_345, 12_345);
    const layer = directoryPlace("user", dirname(paths.user)).read();
    expect(layer.get("DX_USERNAME")).toMatchObject({
      state: "broken",
      problem: "it belongs to another user",
    });
    expect(layer.warnings()).toEqual([
      expect.stringContaining(`${path} takes no part, and it belongs to another user. Run this as`),
    ]);
  });

  it.each([
    ["a number", { OTHER: 5 }, "OTHER"],
    ["a port as a number, which is read here", { DX_APISERVER_PORT: 443 }, "DX_APISERVER_PORT"],
    ["objects and more", { A: {}, B: [], C: true, D: 1 }, "A, B, C, …"],
    ["a text with a zero", { OTHER: "a\0b" }, "OTHER"],
  ])("warns of what the toolkit cannot start with: %s", (_, content, names) => {
    const { paths, write } = createSandbox();
    write(paths.user, { ...content, DX_USERNAME: "alice", NOTHING: null });
    const layer = directoryPlace("user", dirname(paths.user)).read();
    expect(layer.warnings()).toEqual([
      `dx cannot start with ${paths.user}, since not everything in it is a name with a text (${names}): write the values in quotes, or take them out.`,
    ]);
    expect(layer.broken()).toBeUndefined();
  });

  it.each(["", "a=b", "a\0b"])("warns of a name that the toolkit cannot start with, unquoted: %j", (name) => {
    const { paths, write } = createSandbox();
    write(paths.user, { [name]: "text" });
    expect(directoryPlace("user", dirname(paths.user)).read().warnings()).toEqual([
      expect.stringContaining("is a name with a text: write"),
    ]);
  });

  it("reads each file once in a look, and none that is not asked for", () => {
    const { paths, write } = createSandbox();
    const layer = directoryPlace("user", dirname(write(paths.user, { DX_USERNAME: "alice" }))).read();
    write(paths.user, { DX_USERNAME: "bob" });
    expect(layer.get("DX_USERNAME")).toEqual({ state: "set", value: "bob" });
    write(paths.user, { DX_USERNAME: "carol" });
    write(join(dirname(paths.user), "DX_USERNAME"), "dave");
    expect(layer.get("DX_USERNAME")).toEqual({ state: "set", value: "bob" });
  });

  it("quotes a path that a shell would split", () => {
    const { home, write } = createSandbox();
    const path = write(join(home, "it's here", "environment.json"), {}, 0o604);
    const [warning] = directoryPlace("user", dirname(path)).read().warnings();
    expect(warning).toContain(String.raw`/it'\''s here/environment.json'.`);
  });
});
