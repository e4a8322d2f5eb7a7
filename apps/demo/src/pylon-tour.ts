import { describeIdentity, isAuthError, pylon } from "@auth/pylon";
import type { FakePylon } from "@auth/pylon/testing";
import { authInterceptor } from "@auth/pylon/undici";
import ky from "ky";
import { Agent, request } from "undici";

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
    step("find the token", async () => {
      const { outcome, attempts } = await auth.explain();
      const used = attempts.find((attempt) => attempt.outcome === "used")?.source ?? "–";
      const { origins } = auth;
      return { source: used, outcome: `will be sent to ${origins.join(", ")} only`, ok: outcome === "found" };
    }),
    step("verify it", async () => {
      const { identity, token } = await auth.verify();
      return {
        source: token.source,
        outcome: `speaks for ${describeIdentity(identity)}`,
        ok: identity.kind === "organization",
      };
    }),
    step("call with fetch", async () => {
      const response = await auth.fetch("/issues?limit=10");
      return {
        source: await sourceOf(auth),
        outcome: `GET /issues gives ${response.status}`,
        ok: response.status === 200,
      };
    }),
    step("call with ky", async () => {
      const api = ky.create({ baseUrl: auth.baseUrl, fetch: auth.fetch });
      const { data } = await api.get("accounts").json<{ data: unknown[] }>();
      return {
        source: await sourceOf(auth),
        outcome: `GET /accounts gives ${data.length} account(s)`,
        ok: data.length > 0,
      };
    }),
    step("call with undici", async () => {
      const dispatcher = new Agent().compose(authInterceptor(auth));
      const { statusCode, body } = await request(`${fake.url}/issues`, { dispatcher });
      await body.dump();
      await dispatcher.close();
      return {
        source: await sourceOf(auth),
        outcome: `GET /issues gives ${statusCode}`,
        ok: statusCode === 200,
      };
    }),
    step("a refused token", async () => {
      const refused = pylon({ baseUrl: fake.url, token: "no-longer-valid" });
      return failure(await errorOf(refused.verify()), "option token", "AUTH_TOKEN_REJECTED");
    }),
    step("a wrong region", async () => {
      const elsewhere = pylon({ baseUrl: fake.url, env: { PYLON_API_TOKEN: tokens.eu } });
      const found = failure(await errorOf(elsewhere.verify()), "env PYLON_API_TOKEN", "AUTH_TOKEN_REJECTED");
      return { ...found, ok: found.ok && found.outcome.includes("PYLON_REGION=eu") };
    }),
    step("no token at all", async () => {
      return failure(
        await errorOf(pylon({ baseUrl: fake.url, env: {} }).verify()),
        "–",
        "AUTH_TOKEN_NOT_FOUND",
      );
    }),
    step("a foreign origin", async () => {
      const response = await auth.fetch(`${foreign.url}/download`);
      const bare = foreign.headersOf("/download")?.authorization === undefined;
      return {
        source: "–",
        outcome: `${response.status} from ${foreign.url}, which got no token`,
        ok: response.ok && bare,
      };
    }),
    step("a redirect elsewhere", async () => {
      fake.script("GET /issues", { status: 302, headers: { location: `${foreign.url}/moved` } });
      const response = await auth.fetch("/issues");
      const bare = foreign.headersOf("/moved")?.authorization === undefined;
      return {
        source: await sourceOf(auth),
        outcome: "followed, and the token stayed behind",
        ok: response.redirected && bare,
      };
    }),
  ];
}

/** A server that is no service of ours, and what it was sent. */
export interface Foreign {
  readonly url: string;
  /** The headers of the request for a path; `undefined` where there was none. */
  readonly headersOf: (path: string) => Readonly<Record<string, string | string[] | undefined>> | undefined;
}

export async function sourceOf(auth: { token(): Promise<{ readonly source: string }> }): Promise<string> {
  return (await auth.token()).source;
}

export async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

/** The finding of a step that is to fail with a code. */
export function failure(error: unknown, source: string, code: string): Finding {
  if (!isAuthError(error)) return { source, outcome: "did not fail as it should", ok: false };
  return { source, outcome: `${error.code}. ${error.remedy}`, ok: error.code === code };
}
