// What must hold in every runtime. Nothing in here needs more than the web's own interfaces.
import { canary, failureOf, nextCanary, same, type Suite } from "./suite.ts";
import { shownBy } from "./shown-by.ts";
import { touchedWhile } from "./touched-while.ts";

type Core = typeof import("@auth/core");
type Options = import("@auth/core").AuthOptions;
type Setup = Partial<import("@auth/core").ProviderSetup<import("@auth/core").Identity>>;

/** Addresses of the provider's service and of a stranger's. */
export interface Site {
  readonly own: string;
  readonly foreign: string;
}

export async function checkEverywhere({ check }: Suite, { own, foreign }: Site): Promise<void> {
  let core!: Core;
  let pylon!: typeof import("@auth/pylon").pylon;
  const acme = (options: Options = {}, setup: Setup = {}) =>
    core.defineProvider({
      specVersion: 1,
      id: "acme",
      name: "Acme",
      tokenUrl: "https://acme.example/tokens",
      setup: () => ({
        baseUrl: own,
        sources: [core.fromEnv("ACME_TOKEN")],
        verify: { path: "/me", identify: (body) => ({ kind: "user", id: (body as { id: string }).id }) },
        ...setup,
      }),
    })({ env: { ACME_TOKEN: canary }, ...options });
  const carried = { authorization: `Bearer ${canary}`, key: null };
  const bare = { authorization: null, key: null };
  const echoed = async (response: Promise<Response>): Promise<unknown> => (await response).json();
  const arrivedAt = (origin: string, path: string): Promise<unknown> =>
    echoed(fetch(`${origin}/arrived?path=${path}`));

  await check("importing and calling a factory touches nothing", async () => {
    const touched = await touchedWhile(async () => {
      core = await import("@auth/core");
      ({ pylon } = await import("@auth/pylon"));
      pylon({ token: canary });
      acme();
    });
    same(touched, []);
  });

  await check("verify loads ky, and sending does not", async () => {
    const auth = acme();
    const sending = await touchedWhile(async () => auth.headers(own), ["Request"]);
    const verifying = await touchedWhile(() => auth.verify(), ["Request"]);
    same([sending, verifying], [[], ["Request"]]);
  });

  await check("finds the token in an option, and in the environment", async () => {
    same((await acme().token()).source, "env ACME_TOKEN");
    same((await acme({ token: ` ${nextCanary}\n` }).token()).source, "option token");
    const fromFunction = acme({ token: () => nextCanary });
    same((await fromFunction.token()).reveal(), nextCanary);
  });

  await check("fetch adds the header: relative and absolute addresses, URL and Request", async () => {
    const auth = acme();
    same(await echoed(auth.fetch("/echo?a=1")), carried);
    same(await echoed(auth.fetch("echo")), carried);
    same(await echoed(auth.fetch(`${own}/echo`)), carried);
    same(await echoed(auth.fetch(new URL(`${own}/echo`))), carried);
    same(await echoed(auth.fetch(new Request(`${own}/echo`, { method: "POST", body: "text" }))), carried);
  });

  await check("fetch sends foreign requests bare", async () => {
    const auth = acme();
    same(await echoed(auth.fetch(`${foreign}/echo`)), bare);
    same(await echoed(auth.fetch(`${foreign}/echo`, { headers: { "x-api-key": "own" } })), {
      ...bare,
      key: "own",
    });
  });

  const apiKey = { inject: { header: "x-api-key", format: (token: string) => token } };
  for (const [header, setup] of [
    ["authorization", {}],
    ["x-api-key", apiKey],
  ] as const) {
    for (const status of [301, 302, 303, 307, 308]) {
      await check(`a redirect (${status}) to a foreign origin does not take ${header} along`, async () => {
        const path = `/stranger-${header}-${status}`;
        const to = encodeURIComponent(foreign + path);
        const response = await acme({}, setup).fetch(`/redirect?status=${status}&to=${to}`);
        same(await response.json(), bare);
        same([response.redirected, response.url], [true, foreign + path]);
        same(await arrivedAt(foreign, path), [bare]);
      });
    }

    await check(`${header} does not come back with a redirect that returns`, async () => {
      const path = `/back-${header}`;
      const back = encodeURIComponent(own + path);
      const there = encodeURIComponent(`${foreign}/redirect?to=${back}`);
      same(await echoed(acme({}, setup).fetch(`/redirect?to=${there}`)), bare);
      same(await arrivedAt(own, path), [bare]);
      same(await arrivedAt(foreign, "/redirect").then((all) => (all as unknown[]).at(-1)), bare);
    });

    await check(`${header} stays with a redirect inside the origin`, async () => {
      const expected = header === "authorization" ? carried : { authorization: null, key: canary };
      same(await echoed(acme({}, setup).fetch("/redirect?to=/echo")), expected);
    });
  }

  await check("after a 401 the sources are asked again, and the request is sent once more", async () => {
    const given = [canary, nextCanary];
    const reasons: string[] = [];
    const auth = acme({ token: ({ reason }) => (reasons.push(reason), given.shift()) });
    const response = await auth.fetch(`/accepts?token=${nextCanary}`, { method: "POST", body: "again" });
    same([response.status, await response.text(), reasons], [200, "again", ["initial", "rejected"]]);
  });

  await check("a 401 is handed back where the sources have nothing else", async () => {
    let asked = 0;
    const auth = acme({ token: () => (asked++, canary) });
    same([(await auth.fetch(`/accepts?token=other`)).status, asked], [401, 2]);
  });

  await check("a header of the caller's own wins, whatever its case", async () => {
    const response = acme().fetch("/echo", { headers: { AUTHORIZATION: "Basic own" } });
    same(await echoed(response), { ...bare, authorization: "Basic own" });
  });

  await check("headers() gives the headers that a URL may carry", async () => {
    const auth = acme();
    same(await auth.headers(`${own}/any`), { authorization: `Bearer ${canary}` });
    same(await auth.headers(`${foreign}/any`), {});
  });

  await check("verify says whom the token speaks for, or what is wrong", async () => {
    const { identity, token } = await pylon({ baseUrl: own, token: canary }).verify();
    same([identity.id, identity.label, token.source], ["organization-1", "Acme Support", "option token"]);
    const error = await failureOf(pylon({ baseUrl: own, token: `${canary}-refused` }).verify());
    same(core.isAuthError(error, "AUTH_TOKEN_REJECTED"), true);
    same(
      shownBy(error).filter((text) => text.includes(canary)),
      [],
    );
  });

  await check("an error has a code and a remedy", async () => {
    const error = await failureOf(acme({ env: {} }).fetch("/echo"));
    same(core.isAuthError(error, "AUTH_TOKEN_NOT_FOUND"), true);
    same(core.isAuthError(error) && error.remedy.includes("ACME_TOKEN"), true);
    same(core.isAuthError(new Error("another")), false);
  });

  await check("a service that is not there is AUTH_UNREACHABLE", async () => {
    const error = await failureOf(acme({ baseUrl: "http://127.0.0.1:9", timeoutMs: 500 }).verify());
    same(core.isAuthError(error, "AUTH_UNREACHABLE"), true);
  });

  await check("explain tells the whole decision", async () => {
    const explanation = await acme().explain({ verify: true });
    same([explanation.outcome, explanation.identity?.id], ["verified", "user-1"]);
    same(
      explanation.attempts.map(({ source, outcome }) => [source, outcome]),
      [["env ACME_TOKEN", "used"]],
    );
    same((await acme({ env: {} }).explain()).error?.code, "AUTH_TOKEN_NOT_FOUND");
    same(core.formatExplanation(explanation).includes("accepted"), true);
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

  await check("a webhook that Pylon signed is accepted, and any other one is refused", async () => {
    const { verifyWebhook } = await import("@auth/pylon/webhooks");
    const vector = "da9c3d50db389ddb01ecc93c6259af3ee158f10d2b69da9d396b6feb6078eda9";
    const signed = '{"event":"issue.created","id":"1"}';
    const options = { secret: "whsec-example", signature: vector };
    same((await verifyWebhook(signed, options)).text, signed);

    const secret = canary;
    const body = '{"title":"Übergröße 🧵"}';
    const signature = await signatureOf(body, secret);
    const delivered = (init: RequestInit = {}): Request =>
      new Request(own, { method: "POST", body, headers: { "x-pylon-signature": signature }, ...init });
    same((await verifyWebhook(delivered(), { secret })).text, body);
    same((await verifyWebhook(delivered(), { secrets: [nextCanary, canary] })).text, body);
    const bytes = new TextEncoder().encode(body);
    same((await verifyWebhook(bytes, { secret, headers: new Headers(delivered().headers) })).text, body);

    for (const refused of [
      () => verifyWebhook(delivered(), { secret: nextCanary }),
      () => verifyWebhook(delivered({ body: `${body} ` }), { secret }),
      () => verifyWebhook(delivered({ headers: {} }), { secret }),
      () => verifyWebhook(delivered({ headers: { "x-pylon-signature": `sha256=${signature}` } }), { secret }),
      () => verifyWebhook(delivered(), { secret, maxBytes: 5 }),
    ]) {
      const error = await failureOf(refused());
      same(core.isAuthError(error, "AUTH_TOKEN_REJECTED"), true);
      same(
        shownBy(error).filter((text) => text.includes(canary)),
        [],
      );
    }
  });

  await check(
    "a saved login is told to be impossible where there are no files, and to be absent elsewhere",
    async () => {
      const error = await failureOf(
        pylon({ login: "acme", store: { file: "/nowhere/logins.json" }, env: {} }).token(),
      );
      same(core.isAuthError(error, isWorkers ? "AUTH_TOKEN_SOURCE_FAILED" : "AUTH_TOKEN_NOT_FOUND"), true);
    },
  );

  await check("events tell what happened", async () => {
    const events: unknown[] = [];
    const published: unknown[] = [];
    const diagnostics = globalThis.process?.getBuiltinModule?.("node:diagnostics_channel");
    diagnostics?.subscribe("auth-providers:token.loaded", (message) => published.push(message));
    const auth = acme({ onEvent: (event) => void events.push(event) });
    await auth.fetch("/echo");
    await auth.fetch(`${foreign}/echo`);
    await auth.verify();
    const types = events.map((event) => (event as { type: string }).type);
    same(types, ["source.tried", "token.loaded", "header.attached", "header.withheld", "verify.done"]);
    same(published.length, diagnostics === undefined ? 0 : 1);
    same(JSON.stringify([events, published]).includes(canary), false);
  });
}

/** As the documentation of Pylon's signature has it, by the platform's own cryptography. */
async function signatureOf(body: string, secret: string): Promise<string> {
  const [key, bytes] = [new TextEncoder().encode(secret), new TextEncoder().encode(body)];
  const hmac = { name: "HMAC", hash: "SHA-256" };
  const imported = await crypto.subtle.importKey("raw", key, hmac, false, ["sign"]);
  const signature = new Uint8Array(await crypto.subtle.sign("HMAC", imported, bytes));
  return Array.from(signature, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const isWorkers = globalThis.navigator?.userAgent === "Cloudflare-Workers";
