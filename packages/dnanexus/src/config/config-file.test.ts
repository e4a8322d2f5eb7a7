import { rmSync, utimesSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

import { describe, expect, it } from "vitest";

import { readEnvironmentFile } from "./config-file.ts";
import { canary, createSandbox, login } from "../fixtures/sandbox.ts";

describe("readEnvironmentFile", () => {
  it("looks again at a file that the toolkit has made and not yet written to", () => {
    const { paths, write } = createSandbox();
    write(paths.user, "");
    const file = readEnvironmentFile(paths.user, "user", () => writeFileSync(paths.user, "{}"));
    expect(file).toMatchObject({ state: "set", value: { text: "{}" } });
  });

  it("looks again at a file that the toolkit has removed and not yet made again", () => {
    const { paths, write } = createSandbox();
    rmSync(write(paths.user, "{}"));
    const file = readEnvironmentFile(paths.user, "user", () => writeFileSync(paths.user, '{"again":1}'));
    expect(file).toMatchObject({ state: "set", value: { text: '{"again":1}' } });
  });

  it("waits for no file in a directory that nobody has changed lately", () => {
    const { paths, write } = createSandbox();
    rmSync(write(paths.user, "{}"));
    const longAgo = Date.now() / 1000 - 3600;
    utimesSync(dirname(paths.user), longAgo, longAgo);
    let pauses = 0;
    expect(readEnvironmentFile(paths.user, "user", () => void (pauses += 1))).toMatchObject({
      state: "absent",
    });
    expect(pauses).toBe(0);
  });

  it("looks three times again and no more, and at no other file twice", () => {
    const { paths, write } = createSandbox();
    let pauses = 0;
    const pause = (): void => void (pauses += 1);
    write(paths.user, "");
    expect(readEnvironmentFile(paths.user, "user", pause)).toMatchObject({
      state: "set",
      value: { text: "" },
    });
    expect(pauses).toBe(3);
    write(paths.user, "{}");
    readEnvironmentFile(paths.user, "user", pause);
    readEnvironmentFile(paths.session, "user", pause);
    expect(pauses).toBe(3);
  });

  it("makes a file that stays empty a broken source, and leaves the next place alone", async () => {
    const { home, paths, provider, write } = createSandbox();
    write(paths.user, "");
    write(paths.machine, login(canary));
    await expect(
      provider({ env: { HOME: home }, baseUrl: "https://api.dnanexus.com" }).token(),
    ).rejects.toMatchObject({
      code: "AUTH_TOKEN_SOURCE_FAILED",
      message: expect.stringContaining(paths.user),
    });
  });
});
