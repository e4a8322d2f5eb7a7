import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";

import { runFresh } from "../fresh-process.ts";
import { atMost, type Row, told } from "../row.ts";
import { lowerQuartile } from "../statistics.ts";

/** Each with its budget, and the milliseconds above which it fails. The first is what any package costs. */
const subjects = {
  "a package of one line": [undefined, undefined],
  "@auth/pylon": [3, 20],
  "@auth/dnanexus": [5, 25],
} as const;
/** In four blocks, whose spread is told. */
const rounds = 40;
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
        env: { ...process.env, DX_USER_CONF_DIR: home },
        flags: [],
      });
    const all = ["by hand", ...Object.keys(subjects)];
    const costs = all.map((): number[] => []);
    for (let round = 0; round < rounds; round++) {
      for (const [index, subject] of all.entries()) costs[index]?.push(await probe(subject));
    }
    const [byHand = [], ...each] = costs;
    return Object.entries(subjects).map(([subject, [budget, limit]], index) => {
      const what = `first request of a fresh process, ${subject}: CPU ms over fetch by hand`;
      // Whatever else the machine does only adds to a process: the lower quartile is what steadies first.
      const over = (from = 0, to = rounds): number =>
        lowerQuartile(each[index]?.slice(from, to) ?? []) - lowerQuartile(byHand.slice(from, to));
      const blocks = [0, 1, 2, 3].map((block) => over((block * rounds) / 4, ((block + 1) * rounds) / 4));
      const [least, most] = [Math.min(...blocks), Math.max(...blocks)];
      const shown = `${over().toFixed(2)} (${least.toFixed(2)} to ${most.toFixed(2)})`;
      return budget === undefined ? told(what, shown) : atMost(what, over(), { budget, limit, shown });
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
