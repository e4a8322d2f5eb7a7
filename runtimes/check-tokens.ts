import type { Ground } from "./ground.ts";
import { shownBy } from "./shown-by.ts";
import { canary, failureOf, nextCanary, same } from "./suite.ts";

const isWorkers = globalThis.navigator?.userAgent === "Cloudflare-Workers";

export async function checkTokens({ check, own, core, pylon, acme }: Ground): Promise<void> {
  await check("finds the token in an option, and in the environment", async () => {
    same((await acme().token()).source, "env ACME_TOKEN");
    same((await acme({ token: ` ${nextCanary}\n` }).token()).source, "option token");
    const fromFunction = acme({ token: () => nextCanary });
    same((await fromFunction.token()).reveal(), nextCanary);
  });

  await check("a token shows only where it comes from, however it is printed", async () => {
    const auth = acme();
    const token = await auth.token();
    await auth.headers(own);
    for (const value of [token, { token }, [token], new Map([["token", token]]), auth]) {
      console.log(value); // whoever started this looks for the token in what is printed
      same(
        shownBy(value).filter((text) => text.includes(canary)),
        [],
      );
    }
    same(
      shownBy(token).filter((text) => !text.includes("[token from env ACME_TOKEN]")),
      [],
    );
    same([token.reveal(), token.fingerprint()], [canary, "ab769ab6"]);
  });

  await check("callers who come at the same time get one and the same token", async () => {
    let loads = 0;
    const auth = acme({ token: () => (loads++, Promise.resolve(canary)) });
    const all = await Promise.all(Array.from({ length: 1_000 }, () => auth.headers(own)));
    same(new Set(all.map(({ authorization }) => authorization)).size, 1);
    same(loads === 1 || isWorkers, true);
    await auth.headers(own);
    same(loads === 1 || isWorkers, true);
  });

  await check("a token is replaced ahead of its expiry, and never sent after it", async () => {
    let at = 1_000_000;
    const given = [canary, nextCanary];
    const token = () => core.found(given.shift() ?? "", { expiresAt: at + 3_600_000 });
    const auth = acme({ token, now: () => at });
    const held = async (): Promise<unknown> => (await auth.headers(own))["authorization"];
    same(await held(), `Bearer ${canary}`);
    at += 3_590_000;
    await held();
    await new Promise((resolve) => setTimeout(resolve, 20));
    same(await held(), `Bearer ${nextCanary}`);
    const expired = acme({ token: () => core.found(canary, { expiresAt: at - 1 }), now: () => at });
    same(core.isAuthError(await failureOf(expired.token()), "AUTH_TOKEN_EXPIRED"), true);
  });

  await check(
    "a caller may give up while the token is looked for, and while the service thinks",
    async () => {
      const reason = new Error("no longer needed");
      const stop = new AbortController();
      const silent = core.fromFunction("silence", () => new Promise<never>(() => undefined), {
        timeoutMs: 100,
      });
      const waiting = failureOf(acme({ token: silent }).token({ signal: stop.signal }));
      stop.abort(reason);
      same((await waiting) === reason, true);

      const later = new AbortController();
      setTimeout(() => later.abort(), 50);
      const error = await failureOf(acme().fetch("/slow", { signal: later.signal }));
      same((error as Error).name, "AbortError");
    },
  );

  await check(
    "a saved login is told to be impossible where there are no files, and to be absent elsewhere",
    async () => {
      const error = await failureOf(
        pylon({ login: "acme", store: { file: "/nowhere/logins.json" }, env: {} }).token(),
      );
      same(core.isAuthError(error, isWorkers ? "AUTH_TOKEN_SOURCE_FAILED" : "AUTH_TOKEN_NOT_FOUND"), true);
    },
  );
}
