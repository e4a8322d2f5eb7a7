import { found } from "@auth/core";
import { pylon } from "@auth/pylon";
import { authInterceptor } from "@auth/pylon/undici";
import type { Dispatcher } from "undici";

/** Something that carries a token, and the same done by hand with a constant header. Their difference is the cost. */
export interface Subject {
  readonly what: string;
  readonly withAuth: () => unknown;
  readonly byHand: () => unknown;
}

const origin = "https://api.usepylon.com";
const url = `${origin}/issues?limit=10`;
/** As long as a JSON web token. */
const token = "t".repeat(512);
const authorization = `Bearer ${token}`;
const answer = new Response("{}");

/** Nobody's network: what is measured is what stands before it. */
const client: typeof globalThis.fetch = () => Promise.resolve(answer);

/** With an expiry, so that each call has to look at the clock. */
const expiring = () => found(token, { expiresAt: Date.now() + 86_400_000 });

const auth = pylon({ token: expiring, env: {} });
const authOverStub = pylon({ token: expiring, env: {}, fetch: client });
const kyRequest = new Request(url, { headers: { accept: "application/json" } });

/** One look at the answer for a 401 is part of the job, and everybody who reacts to a refusal pays it. */
function watched(target: string | Request, init: RequestInit): Promise<Response> {
  return fetch(target, init).then((response) => (response.status === 401 ? seen(target, init) : response));
}

function seen(target: string | Request, init: RequestInit): Response {
  throw new Error(`${typeof target} was refused: ${init.method ?? "GET"}`);
}

const dispatch: Dispatcher.Dispatch = () => true;
const dispatchWithAuth = authInterceptor(auth)(dispatch);
const handler: Dispatcher.DispatchHandler = {};

export const subjects = {
  headers: {
    what: "auth.headers(url)",
    withAuth: () => auth.headers(url),
    byHand: () => Promise.resolve({ authorization }),
  },
  fetch: {
    what: "auth.fetch(url)",
    withAuth: () => auth.fetch(url),
    byHand: () => watched(url, { headers: { authorization } }),
  },
  fetchPath: {
    what: "auth.fetch(path)",
    withAuth: () => auth.fetch("/issues?limit=10"),
    byHand: () => watched(`${origin}/issues?limit=10`, { headers: { authorization } }),
  },
  fetchInit: {
    what: "auth.fetch(url, init)",
    withAuth: () => auth.fetch(url, { method: "POST", body: "{}", headers: { accept: "application/json" } }),
    byHand: () =>
      watched(url, { method: "POST", body: "{}", headers: { accept: "application/json", authorization } }),
  },
  fetchOption: {
    what: "auth.fetch(url), option fetch",
    withAuth: () => authOverStub.fetch(url),
    byHand: () => watched(url, { headers: { authorization } }),
  },
  ky: {
    what: "auth.fetch(request), as ky calls it",
    withAuth: () => auth.fetch(kyRequest, {}),
    byHand: () => watched(kyRequest, { headers: { accept: "application/json", authorization } }),
  },
  undici: {
    what: "authInterceptor(auth)",
    withAuth: () =>
      dispatchWithAuth({ origin, path: "/issues", method: "GET", headers: { accept: "*/*" } }, handler),
    byHand: () =>
      dispatch(
        { origin, path: "/issues", method: "GET", headers: { accept: "*/*", authorization } },
        handler,
      ),
  },
} satisfies Record<string, Subject>;

export type SubjectName = keyof typeof subjects;

/** Before anything is measured: the token is loaded, and the platform's fetch is the stub. */
export async function prepare(): Promise<void> {
  globalThis.fetch = client;
  await Promise.all([auth.token(), authOverStub.token()]);
}
