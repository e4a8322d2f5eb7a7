import { writeFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { readEnvironmentFile } from "./config-file.ts";
import { canary, createSandbox, login } from "./fixtures/sandbox.ts";

describe("readEnvironmentFile", () => {
  it("looks once more at a file that the toolkit has made and not yet written to", () => {
    const { paths, write } = createSandbox();
    write(paths.user, "");
    const file = readEnvironmentFile(paths.user, () => writeFileSync(paths.user, "{}"));
    expect(file).toMatchObject({ state: "read", text: "{}" });
  });

  it("looks no third time, and at no other file twice", () => {
    const { paths, write } = createSandbox();
    let pauses = 0;
    const pause = (): void => void (pauses += 1);
    write(paths.user, "");
    expect(readEnvironmentFile(paths.user, pause)).toMatchObject({ state: "read", text: "" });
    expect(pauses).toBe(1);
    write(paths.user, "{}");
    readEnvironmentFile(paths.user, pause);
    readEnvironmentFile(paths.session, pause);
    expect(pauses).toBe(1);
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
