import type { AuthOptions, Found } from "@auth/core";

import { authErrorOf, failureOf } from "../failure-of.ts";
import { insist, type Rule } from "../rule.ts";
import { becomes, soon } from "../soon.ts";
import type { Trial } from "../trial.ts";
import { verifyAnyhow } from "../verify-anyhow.ts";

const remedy = "Leave it to core to hold the token: keep no cache in a source or in the factory.";

const base = "https://api.acme.example";
const minuteMs = 60_000;

/** How the token is found once, held, and found anew in time. */
export const loadingRules: readonly Rule[] = [
  {
    id: "one-load",
    title: "asks its sources once, however many callers wait",
    remedy,
    async check(trial) {
      const server = await trial.serve();
      const source = countedSource(trial);
      const auth = trial.auth(server.url, source.options);
      await Promise.all([
        ...Array.from({ length: 200 }, (_, index) =>
          index % 2 === 0 ? auth.token() : auth.headers(server.url),
        ),
        ...Array.from({ length: 5 }, () => auth.fetch("/x")),
        verifyAnyhow(auth),
      ]);
      insist(source.loads() === 1, `206 callers at once made ${source.loads()} loads.`);
    },
  },
  {
    id: "held-token",
    title: "holds the token while it is good",
    remedy,
    async check(trial) {
      const server = await trial.serve();
      const source = countedSource(trial);
      const auth = trial.auth(server.url, source.options);
      for (let call = 0; call < 3; call++) await auth.fetch("/x");
      await verifyAnyhow(auth);
      await auth.headers(server.url);
      insist(source.loads() === 1, `Five calls, one after the other, made ${source.loads()} loads.`);
    },
  },
  {
    id: "own-cache",
    title: "holds a token for each auth by itself",
    remedy: "Keep nothing of an auth in the module: two auths may be of two accounts.",
    async check(trial) {
      const other = trial.newToken();
      const auths = [trial.auth(base), trial.auth(base, { token: other })];
      const tokens = await Promise.all(auths.map((auth) => auth.token()));
      insist(
        tokens[0]?.reveal() === trial.token && tokens[1]?.reveal() === other,
        "One auth gave the token of another.",
      );
    },
  },
  {
    id: "expired-token",
    title: "loads a new token when the held one has expired, by the given clock",
    remedy:
      "Tell core when the token expires: return found(token, { expiresAt }), in milliseconds since the epoch.",
    async check(trial) {
      let at = 1_000_000;
      const source = expiringSource(trial, () => at + minuteMs);
      const auth = trial.auth(base, { ...source.options, now: () => at });
      const { name, value } = trial.header();
      insist((await auth.headers(base))[name] === value, "The first token was not used.");
      at += minuteMs + 1;
      insist(
        (await auth.headers(base))[name] === trial.header(source.given[1] ?? "").value,
        "An expired token was given out.",
      );
      insist(source.loads() === 2, `Two tokens took ${source.loads()} loads.`);
    },
  },
  {
    id: "early-renewal",
    title: "renews a token before it expires, and serves the old one meanwhile, even if that fails",
    remedy,
    async check(trial) {
      let at = 1_000_000;
      const renewal = Promise.withResolvers<void>();
      const source = expiringSource(
        trial,
        () => at + 60 * minuteMs,
        (load) => (load === 2 ? renewal.promise : undefined),
      );
      const auth = trial.auth(base, { ...source.options, now: () => at });
      await auth.token();
      at += 60 * minuteMs - 1_000;
      for (let call = 0; call < 3; call++) {
        const token = await soon(auth.token(), "The old token, while a new one is fetched");
        insist(token.reveal() === trial.token, "While a token was renewed, the old one was not served.");
      }
      await becomes(() => source.loads() > 1);
      insist(
        source.loads() === 2,
        `Shortly before the expiry, three calls made ${source.loads() - 1} renewals.`,
      );
      renewal.reject(new Error("The source is down."));
      await new Promise((resolve) => setImmediate(resolve));
      const still = await soon(auth.token(), "The old token, after renewing it failed");
      insist(still.reveal() === trial.token, "When renewing failed, the old token was not served.");
      at += 10 * minuteMs;
      insist(
        (await auth.token()).reveal() === source.given[2],
        "After the expiry, the old token was given out.",
      );
    },
  },
  {
    id: "given-expired",
    title: "refuses a token that a source gives already expired",
    remedy: "Leave it to core to compare expiresAt with the clock.",
    async check(trial) {
      const server = await trial.serve();
      const token = (): Found => expiring(trial.token, 999);
      const error = await authErrorOf(
        trial.auth(server.url, { token, now: () => 1_000 }).fetch("/x"),
        "A source gave an expired token",
      );
      insist(error.code === "AUTH_TOKEN_EXPIRED", `A source gave an expired token: that gave ${error.code}.`);
      insist(server.requests.length === 0, "An expired token was sent.");
    },
  },
  {
    id: "own-abort",
    title: "stops waiting for the one caller who wants to, and for no other",
    remedy: "Hand no caller's signal to a load that others wait for.",
    async check(trial) {
      const gate = Promise.withResolvers<string>();
      const auth = trial.auth(base, { token: () => gate.promise });
      const stop = new AbortController();
      const reason = new Error("This caller stops.");
      const stopped = failureOf(auth.token({ signal: stop.signal }), "A caller stopped waiting");
      const other = auth.token();
      other.catch(() => undefined);
      stop.abort(reason);
      insist(
        (await soon(stopped, "A caller stopped waiting")) === reason,
        "A caller who stops does not get the own reason.",
      );
      gate.resolve(trial.token);
      const token = await soon(other, "The token for the other caller").catch(() => undefined);
      insist(token?.reveal() === trial.token, "A caller who stops stopped another.");
    },
  },
  {
    id: "late-answer",
    title: "does not let a late answer replace a newer one",
    remedy,
    async check(trial) {
      const newer = trial.newToken();
      const first = Promise.withResolvers<string>();
      let loads = 0;
      const auth = trial.auth(base, { token: () => (++loads === 1 ? first.promise : newer) });
      const slow = auth.token().catch(() => undefined);
      await auth.token({ refresh: true });
      first.resolve(trial.token);
      await soon(slow, "The answer for the first caller");
      insist(loads === 2, `refresh made ${loads - 1} loads.`);
      insist((await auth.token()).reveal() === newer, "A token that came late replaced a newer one.");
    },
  },
  {
    id: "shared-failure",
    title: "tries again after a failure, but not for each of those who ask at once",
    remedy,
    async check(trial) {
      let at = 1_000_000;
      let loads = 0;
      const token = async (): Promise<string> => {
        if (++loads > 1) return trial.token;
        throw new Error("The source is down.");
      };
      const auth = trial.auth(base, { token, now: () => at });
      const failures = await Promise.all(
        Array.from({ length: 50 }, () => failureOf(auth.token(), "The source was down")),
      );
      await failureOf(auth.headers(base), "The source was down a moment ago");
      insist(failures.length === 50 && loads === 1, `51 callers of a source that fails made ${loads} loads.`);
      at += minuteMs;
      const recovered = await becomes(() =>
        auth.token().then(
          (one) => one.reveal() === trial.token,
          () => false,
        ),
      );
      insist(recovered, "A failure was kept: a minute later the source was not asked again.");
    },
  },
];

interface CountedSource {
  readonly options: Pick<AuthOptions, "token">;
  loads(): number;
}

function countedSource(trial: Trial): CountedSource {
  let loads = 0;
  const token = async (): Promise<string> => {
    loads += 1;
    await new Promise((resolve) => setImmediate(resolve));
    return trial.token;
  };
  return { options: { token }, loads: () => loads };
}

/** The trial's token first, then new ones. */
function expiringSource(
  trial: Trial,
  expiresAt: () => number,
  before: (load: number) => Promise<void> | undefined = () => undefined,
): CountedSource & { readonly given: readonly string[] } {
  const given: string[] = [];
  const token = async (): Promise<Found> => {
    given.push(given.length === 0 ? trial.token : trial.newToken());
    const next = given.at(-1) ?? "";
    await before(given.length);
    return expiring(next, expiresAt());
  };
  return { options: { token }, loads: () => given.length, given };
}

/** What core's `found` gives. */
function expiring(token: string, expiresAt: number): Found {
  return { outcome: "found", reveal: () => token, expiresAt };
}
