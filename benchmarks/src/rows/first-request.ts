import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";

import { runFresh } from "../fresh-process.ts";
import { atMost, type Row } from "../row.ts";
import { describeSpread, median } from "../statistics.ts";

/** Each with its budget, and the milliseconds above which it fails. */
const subjects = { "@auth/pylon": [3, 12], "@auth/dnanexus": [5, 20] } as const;
const token = "t".repeat(512);

/** From the start of a process to its first answer: CPU over `fetch` with a constant header. */
export async function firstRequest(): Promise<Row[]> {
  const responder = path.join(import.meta.dirname, "../loopback-responder.ts");
  const server = spawn(process.execPath, [responder], { stdio: ["pipe", "pipe", "inherit"] });
  const home = mkdtempSync(path.join(tmpdir(), "auth-first-request-"));
  try {
    const [given] = (await once(server.stdout, "data")) as [Buffer];
    const port = given.toString().trim();
    saveLogin(home, port);
    const probe = (subject: string): Promise<number> =>
      runFresh<number>("probe-first-request.ts", [subject, `http://127.0.0.1:${port}`, `Bearer ${token}`], {
        ...process.env,
        DX_USER_CONF_DIR: home,
      });
    const costs = Object.keys(subjects).map((): number[] => []);
    for (let round = 0; round < 15; round++) {
      const byHand = await probe("by hand");
      for (const [index, subject] of Object.keys(subjects).entries())
        costs[index]?.push((await probe(subject)) - byHand);
    }
    return Object.entries(subjects).map(([subject, [budget, limit]], index) => {
      const each = costs[index] ?? [];
      const what = `first request of a fresh process, ${subject}: CPU ms over fetch by hand`;
      return atMost(what, median(each), { budget, limit, shown: describeSpread(each) });
    });
  } finally {
    server.kill();
    rmSync(home, { recursive: true });
  }
}

/** As the DNAnexus toolkit leaves a login. */
function saveLogin(home: string, port: string): void {
  const saved = {
    DX_SECURITY_CONTEXT: JSON.stringify({ auth_token_type: "Bearer", auth_token: token }),
    DX_APISERVER_HOST: "127.0.0.1",
    DX_APISERVER_PORT: port,
    DX_APISERVER_PROTOCOL: "http",
  };
  writeFileSync(path.join(home, "environment.json"), JSON.stringify(saved), { mode: 0o600 });
}
