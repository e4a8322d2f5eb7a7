import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import process from "node:process";

import { runFresh } from "../fresh-process.ts";
import { atMost, type Row } from "../row.ts";
import { median, medianInterval } from "../statistics.ts";

/** CPU per request on loopback, 64 in flight, against the same client with a constant header. */
export async function endToEnd(): Promise<Row[]> {
  const responder = path.join(import.meta.dirname, "../loopback-responder.ts");
  const server = spawn(process.execPath, [responder], { stdio: ["pipe", "pipe", "inherit"] });
  try {
    const [port] = (await once(server.stdout, "data")) as [Buffer];
    const baseUrl = `http://127.0.0.1:${Number(port.toString())}`;
    const rows: Row[] = [];
    for (const client of ["undici", "fetch"]) {
      const ratios = await runFresh<number[]>("probe-end-to-end.ts", [client, baseUrl]);
      const [low, high] = medianInterval(ratios);
      const what = `${client} on loopback, 64 in flight: CPU against a constant header`;
      const shown = `${median(ratios).toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}]`;
      rows.push(atMost(what, median(ratios), { budget: 1.03, limit: 1.25, shown }));
    }
    return rows;
  } finally {
    server.kill();
  }
}
