import { execFileSync } from "node:child_process";
import path from "node:path";
import process from "node:process";

import { expect, it } from "vitest";

import { canary } from "../fixtures/acme.ts";

const service = "auth-providers-test";

// In a process of its own: the native package keeps its first connection.
it.runIf(process.platform === "linux")(
  "ends the search where there is no keychain, and keeps nothing anywhere else",
  () => {
    const program = `
    import { fromKeychain, keychainEntry } from "./packages/core/src/node.ts";
    const context = { signal: new AbortController().signal };
    const entry = keychainEntry("${service}", "ada");
    const tries = [fromKeychain("${service}", "ada").resolve(context), entry.then((it) => it.store("${canary}"))];
    console.log((await Promise.allSettled(tries)).map(({ reason }) => reason.remedy).join("\\n"));
  `;
    const printed = execFileSync(
      process.execPath,
      ["--conditions=@auth/source", "--no-warnings", "--input-type=module-typescript", "--eval", program],
      {
        cwd: path.join(import.meta.dirname, "../../../.."),
        env: { PATH: process.env["PATH"], DBUS_SESSION_BUS_ADDRESS: "unix:path=/nonexistent/bus" },
        encoding: "utf8",
      },
    );
    expect(printed.trim().split("\n")).toEqual(Array(2).fill(expect.stringMatching(/Secret Service/)));
  },
);
