import { type Auth, describeIdentity, pylon } from "@auth/pylon";
import type { FakePylon } from "@auth/pylon/testing";
import { authInterceptor } from "@auth/pylon/undici";
import ky from "ky";
import { Agent, request } from "undici";

import { failing } from "./failing.ts";
import type { Foreign } from "./foreign.ts";
import { foreignOrigin } from "./foreign-origin.ts";
import type { Finding, Step } from "./step.ts";

/** The tokens that the tour makes for itself. They open nothing but the fake service, and are not printed either. */
export interface PylonTokens {
  readonly us: string;
  readonly eu: string;
}

/** Pylon, from finding a token to its ways of failing. `foreign` is some other server. */
export function pylonTour(fake: FakePylon, tokens: PylonTokens, foreign: Foreign): Step[] {
  const auth = pylon({ baseUrl: fake.url, env: { PYLON_API_TOKEN: tokens.us } });
  const step = (name: string, run: () => Promise<Finding>): Step => ({ service: "Pylon", step: name, run });

  return [
    step("find the token", () => findToken(auth)),
    step("verify it", () => verify(auth)),
    step("call with fetch", () => callWithFetch(auth)),
    step("call with ky", () => callWithKy(auth)),
    step("call with undici", () => callWithUndici(auth)),
    step("a refused token", () => refusedToken(fake)),
    step("a wrong region", () => wrongRegion(fake, tokens.eu)),
    step("no token at all", () => noToken(fake)),
    step("a foreign origin", () => foreignOrigin(auth, foreign, "/download")),
    step("a redirect elsewhere", () => redirectElsewhere(auth, fake, foreign)),
  ];
}

async function findToken(auth: Auth): Promise<Finding> {
  const { outcome, attempts } = await auth.explain();
  const used = attempts.find((attempt) => attempt.outcome === "used")?.source ?? "–";
  const { origins } = auth;
  return { source: used, outcome: `will be sent to ${origins.join(", ")} only`, ok: outcome === "found" };
}

async function verify(auth: Auth): Promise<Finding> {
  const { identity, token } = await auth.verify();
  return {
    source: token.source,
    outcome: `speaks for ${describeIdentity(identity)}`,
    ok: identity.kind === "organization",
  };
}

async function callWithFetch(auth: Auth): Promise<Finding> {
  const { status } = await auth.fetch("/issues?limit=10");
  return { source: await sourceOf(auth), outcome: `GET /issues gives ${status}`, ok: status === 200 };
}

async function callWithKy(auth: Auth): Promise<Finding> {
  const api = ky.create({ baseUrl: auth.baseUrl, fetch: auth.fetch });
  const { data } = await api.get("accounts").json<{ data: unknown[] }>();
  return {
    source: await sourceOf(auth),
    outcome: `GET /accounts gives ${data.length} account(s)`,
    ok: data.length > 0,
  };
}

async function callWithUndici(auth: Auth): Promise<Finding> {
  const dispatcher = new Agent().compose(authInterceptor(auth));
  const { statusCode, body } = await request(`${auth.baseUrl}/issues`, { dispatcher });
  await body.dump();
  await dispatcher.close();
  return {
    source: await sourceOf(auth),
    outcome: `GET /issues gives ${statusCode}`,
    ok: statusCode === 200,
  };
}

function refusedToken(fake: FakePylon): Promise<Finding> {
  const auth = pylon({ baseUrl: fake.url, token: "no-longer-valid" });
  return failing(auth.verify(), "option token", "AUTH_TOKEN_REJECTED");
}

async function wrongRegion(fake: FakePylon, token: string): Promise<Finding> {
  const auth = pylon({ baseUrl: fake.url, env: { PYLON_API_TOKEN: token } });
  const finding = await failing(auth.verify(), "env PYLON_API_TOKEN", "AUTH_TOKEN_REJECTED");
  return { ...finding, ok: finding.ok && finding.outcome.includes("PYLON_REGION=eu") };
}

function noToken(fake: FakePylon): Promise<Finding> {
  const auth = pylon({ baseUrl: fake.url, env: {} });
  return failing(auth.verify(), "–", "AUTH_TOKEN_NOT_FOUND");
}

async function redirectElsewhere(auth: Auth, fake: FakePylon, foreign: Foreign): Promise<Finding> {
  fake.script("GET /issues", { status: 302, headers: { location: `${foreign.url}/moved` } });
  const response = await auth.fetch("/issues");
  return {
    source: await sourceOf(auth),
    outcome: "followed, and the token stayed behind",
    ok: response.redirected && foreign.headersOf("/moved")?.authorization === undefined,
  };
}

async function sourceOf(auth: Auth): Promise<string> {
  return (await auth.token()).source;
}
