import { execFileSync } from "node:child_process";
import { readdir } from "node:fs/promises";
import path from "node:path";
import process from "node:process";

import { describe, expect, it } from "vitest";

import {
  failure,
  fake,
  fileStore,
  folder,
  here,
  itKeepsLogins,
  otherCanary,
  save,
} from "./fixtures/logins.ts";
import { canary } from "./fixtures/pylon-on-loopback.ts";
import { pylon, savedLogin } from "./index.ts";

describe("a login in a file", () => {
  itKeepsLogins(fileStore);

  it("takes the given token and no other", async () => {
    const env = { PYLON_API_TOKEN: canary };
    expect(await failure(save({ token: " ", env }))).toMatchObject({ code: "AUTH_TOKEN_NOT_FOUND" });
    expect(fake.requests).toEqual([]);
  });

  it("has the region of the variable or the address, where no option says one", async () => {
    const region = async (): Promise<unknown> => (await savedLogin({ store: fileStore() }))?.region;
    await save({ token: otherCanary, env: { PYLON_REGION: "eu" } });
    expect(await region()).toBe("eu");
    await save({ baseUrl: "https://api.usepylon.com", env: { PYLON_REGION: "eu" } });
    expect(await region()).toBe("us");
  });

  it("keeps nothing of the other region's, and says which region it is", async () => {
    expect(await failure(save({ token: otherCanary }))).toMatchObject({
      code: "AUTH_TOKEN_REJECTED",
      remedy: 'Pass region: "eu" or set PYLON_REGION=eu.',
    });
    expect(await readdir(folder)).toEqual([]);
  });

  it("keeps nothing for a caller who gave up", async () => {
    const reason = new Error("no longer needed");
    const stop = new AbortController();
    const token = (): string => (stop.abort(reason), canary);
    await expect(save({ token, signal: stop.signal })).rejects.toBe(reason);
    expect(await readdir(folder)).toEqual([]);
  });

  it.each([{ name: "" }, { name: "a\nb" }, { store: { file: "" } }, { store: "file" as "keychain" }])(
    "is refused at once with %j",
    async (options) => {
      expect(await failure(save(options))).toMatchObject({ code: "AUTH_LOGIN_FAILED" });
      expect(fake.requests).toEqual([]);
      const used = pylon({ login: options.name ?? true, store: options.store, ...here() });
      expect(await failure(used.token())).toMatchObject({ code: "AUTH_TOKEN_SOURCE_FAILED" });
    },
  );
});

// In a process of its own: the native package keeps its first connection.
it.runIf(process.platform === "linux")(
  "keeps a login nowhere where there is no keychain, and says what there is instead",
  () => {
    const program = `
      import { login, pylon } from "./packages/pylon/src/index.ts";
      const tries = [
        login({ token: "${canary}", baseUrl: "${fake.url}", fetch: async () => Response.json({ data: { id: "o-1" } }) }),
        pylon({ login: true }).token(),
      ];
      console.log((await Promise.allSettled(tries)).map(({ reason }) => reason.code + " " + reason.remedy).join("\\n"));
    `;
    const printed = execFileSync(
      process.execPath,
      ["--conditions=@auth/source", "--no-warnings", "--input-type=module-typescript", "--eval", program],
      {
        cwd: path.join(import.meta.dirname, "../../.."),
        env: {
          PATH: process.env["PATH"],
          HOME: folder,
          DBUS_SESSION_BUS_ADDRESS: "unix:path=/nonexistent/bus",
        },
        encoding: "utf8",
      },
    );
    expect(printed).toMatch(
      /^AUTH_LOGIN_FAILED .*Secret Service.*store: \{ file: path \}\.\nAUTH_TOKEN_SOURCE_FAILED .*Secret Service/,
    );
    expect(printed).not.toContain(canary);
  },
);
