// A token store of one's own: SQLite, by the module that Node.js has. Anything that can change a row in one step, if it is still as it
// was, makes a store in this way: Postgres, DynamoDB, a Durable Object. `sqlite-store.test.ts` shows that it is one.
import { DatabaseSync } from "node:sqlite";

import type { TokenStore } from "@auth/core";

/** What is stored is not encrypted: the file is as secret as the tokens in it. */
export function sqliteStore(path: string): TokenStore & AsyncDisposable {
  const database = new DatabaseSync(path);
  database.exec("PRAGMA journal_mode = WAL; PRAGMA busy_timeout = 5000");
  database.exec(`CREATE TABLE IF NOT EXISTS token (
    key TEXT PRIMARY KEY, fence INTEGER NOT NULL, failures INTEGER NOT NULL DEFAULT 0, lapsed INTEGER NOT NULL DEFAULT 0,
    until INTEGER, holder TEXT, pause INTEGER, generation INTEGER, record TEXT, at INTEGER)`);
  // The clock of the store: one for all who open the file.
  const clock = database.prepare("SELECT CAST(unixepoch('subsec') * 1000 AS INTEGER) AS now");
  const now = (): number => Number(clock.get()?.["now"]);
  const select = database.prepare("SELECT * FROM token WHERE key = ?");
  // One statement is one step: it changes the row if nobody else has won, and says whether it did.
  const win = database.prepare(`
    INSERT INTO token (key, fence, until, holder) VALUES ($key, max($now, $after + 1), $until, $holder)
    ON CONFLICT (key) DO UPDATE SET
      fence = max(fence + 1, coalesce(generation, 0) + 1, excluded.fence),
      lapsed = lapsed OR until IS NOT NULL, until = $until, holder = $holder, pause = NULL
    WHERE coalesce(generation, 0) <= $after AND coalesce(until, 0) <= $now AND coalesce(pause, 0) <= $now
    RETURNING fence, failures, lapsed`);
  const publish = database.prepare(`
    UPDATE token SET generation = $generation, record = $record, at = $now,
      until = NULL, holder = NULL, pause = NULL, failures = 0, lapsed = 0
    WHERE key = $key AND fence = $fence AND until > $now`);
  const release = database.prepare(`
    UPDATE token SET until = NULL, holder = NULL, pause = $pause, failures = failures + ($pause IS NOT NULL)
    WHERE key = $key AND fence = $fence AND until > $now`);

  function stored(row: Record<string, unknown> | undefined): Awaited<ReturnType<TokenStore["read"]>> {
    if (row === undefined || row["generation"] === null) return undefined;
    const isHeld = Number(row["until"]) > now();
    return {
      generation: Number(row["generation"]),
      reveal: () => row["record"] as string,
      ageMs: Math.max(now() - Number(row["at"]), 0),
      ...(isHeld && typeof row["holder"] === "string" && { holder: row["holder"] }),
    };
  }

  return {
    name: `sqlite ${path}`,
    async read(key) {
      return stored(select.get(key));
    },
    async claim(key, { after, leaseMs, holder = null }) {
      const at = now();
      const won = win.get({
        $key: key,
        $after: after,
        $now: at,
        $until: at + Math.ceil(leaseMs),
        $holder: holder,
      });
      if (won !== undefined) {
        const { fence, failures, lapsed } = won;
        return {
          outcome: "won",
          key,
          fence: Number(fence),
          at,
          failures: Number(failures),
          lapsed: lapsed === 1,
        };
      }
      const row = select.get(key) ?? {};
      const record = stored(row);
      if (record !== undefined && record.generation > after) return { outcome: "newer", record };
      const paused = row["until"] === null;
      const untilAt = Number(paused ? row["pause"] : row["until"]);
      return {
        outcome: "held",
        untilAt,
        at,
        paused,
        ...(!paused && typeof row["holder"] === "string" && { holder: row["holder"] }),
      };
    },
    async publish({ key, fence }, { generation, reveal }) {
      const { changes } = publish.run({
        $key: key,
        $fence: fence,
        $generation: generation,
        $record: reveal(),
        $now: now(),
      });
      return changes === 1;
    },
    async release({ key, fence }, { notBeforeAt } = {}) {
      release.run({ $key: key, $fence: fence, $pause: notBeforeAt ?? null, $now: now() });
    },
    async [Symbol.asyncDispose]() {
      database.close();
    },
  };
}
