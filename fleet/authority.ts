// A service whose refresh tokens are good for one use. Who uses one twice ends the whole login: somebody has to log in again.
import { startLoopbackServer } from "@auth/testing/loopback";

/** One use of a refresh token. */
export interface Rotation {
  readonly family: number;
  readonly worker: string;
  /** When the service replaced it; the answer comes later. */
  readonly at: number;
}

export interface Authority {
  readonly url: string;
  /** Generations so far: how often a refresh token was used for the first time. */
  readonly rotations: readonly Rotation[];
  /** Second uses, each with the rotation that it repeats. */
  readonly reuses: readonly { readonly of: Rotation; readonly worker: string; readonly at: number }[];
  readonly requests: { served: number; refused: number };
  /** From when on the newest token has been good. */
  readonly goodSince: () => number | undefined;
  close(): Promise<void>;
}

export interface AuthorityOptions {
  readonly lifeMs: number;
  /** How long before the rotation, and how long after it, an answer may take at most. Milliseconds. */
  readonly delayMs: number;
  /** How long a token is good before the service refuses it ahead of its time. Milliseconds. */
  readonly refuseAfterMs: () => number;
  readonly random: () => number;
}

export async function startAuthority(options: AuthorityOptions): Promise<Authority> {
  const { lifeMs, delayMs, refuseAfterMs, random } = options;
  const rotations: Rotation[] = [];
  const reuses: { of: Rotation; worker: string; at: number }[] = [];
  const requests = { served: 0, refused: 0 };
  const used = new Map<string, Rotation>();
  let family = 0;
  let newest = "";
  let token = { text: "", until: 0, since: 0 };
  const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

  function logIn(): void {
    family++;
    newest = `refresh-${family}-0`;
    token = { text: "", until: 0, since: 0 };
  }
  logIn();

  const server = await startLoopbackServer(async ({ path, headers, body }) => {
    if (path === "/login") return { body: { refreshToken: `refresh-${family}-0` } };
    if (path === "/token") {
      await pause(random() * delayMs);
      const given = new URLSearchParams(body).get("refresh_token") ?? "";
      const before = used.get(given);
      if (before !== undefined || given !== newest) {
        // A family that has ended already is no news.
        if (before?.family === family) {
          reuses.push({ of: before, worker: String(headers["x-worker"]), at: Date.now() });
          logIn();
        }
        return { status: 400, body: { error: "invalid_grant" } };
      }
      const worker = String(headers["x-worker"]);
      const rotation = { family, worker, at: Date.now() };
      used.set(given, rotation);
      rotations.push(rotation);
      newest = `refresh-${family}-${rotations.length}`;
      const now = Date.now();
      token = {
        text: `token-${rotations.length}`,
        since: now,
        until: now + Math.min(lifeMs, refuseAfterMs()),
      };
      const answer = { access_token: token.text, expires_in: lifeMs / 1000, refresh_token: newest };
      await pause(random() * delayMs);
      return { body: answer };
    }
    const isGood = headers.authorization === `Bearer ${token.text}` && Date.now() < token.until;
    requests[isGood ? "served" : "refused"]++;
    return { status: isGood ? 200 : 401, body: {} };
  });

  return {
    url: server.url,
    rotations,
    reuses,
    requests,
    goodSince: () => (Date.now() < token.until ? token.since : undefined),
    close: () => server.close(),
  };
}
