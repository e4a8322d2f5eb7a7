import type { Auth } from "@auth/core";

import type { ConformanceFacts } from "../conformance-facts.ts";
import { insist, type Rule } from "../rule.ts";
import { soon } from "../soon.ts";

const home = "https://api.acme.example";
const foreign = [
  "https://elsewhere.example",
  "https://evil.api.acme.example",
  "https://api.acme.example.evil.example",
  "https://api.acme.example:8443",
  "http://api.acme.example",
];
const remedy = "Export core's authInterceptor from src/undici.ts, as it is.";
const applies = ({ authInterceptor }: ConformanceFacts): boolean => authInterceptor !== undefined;

/** What goes through undici. How it follows redirects is for core's own tests, which have undici. */
export const dispatchingRules: readonly Rule[] = [
  {
    id: "undici-own-origins",
    title: "sends the token through undici to its own origins, and to nothing else",
    remedy,
    applies,
    async check(trial) {
      const { name, value } = trial.header();
      const auth = trial.auth(home);
      const headers = await dispatched(trial.facts, auth, home);
      insist(
        headers.get(name) === value,
        `A dispatch to its own origin did not carry ${name} in the form that the facts give.`,
      );
      for (const origin of foreign)
        insist(
          !trial.shows(JSON.stringify([...(await dispatched(trial.facts, auth, origin))])),
          `A dispatch to ${origin} carried the token of ${home}.`,
        );
    },
  },
  {
    id: "undici-caller-header-wins",
    title: "leaves a header of a dispatch alone that the caller has set, in any case",
    remedy,
    applies,
    async check(trial) {
      const { name } = trial.header();
      for (const own of [name, name.toUpperCase()]) {
        const headers = await dispatched(trial.facts, trial.auth(home), home, { [own]: "mine" });
        insist(headers.get(name) === "mine", `The caller's ${own} was replaced, or sent with another value.`);
      }
    },
  },
];

interface Dispatched {
  readonly headers?: readonly string[] | Readonly<Record<string, string>> | null;
}
type Dispatch = (options: object, handler: object) => boolean;

/** The headers with which the interceptor hands a dispatch on, to a dispatcher that opens no connection. */
function dispatched(
  { authInterceptor }: ConformanceFacts,
  auth: Auth,
  origin: string,
  given: Readonly<Record<string, string>> = {},
): Promise<Headers> {
  const intercept = authInterceptor as unknown as (auth: Auth) => (dispatch: Dispatch) => Dispatch;
  const handedOn = new Promise<Headers>((resolve, reject) => {
    const dispatch = intercept(auth)(({ headers }: Dispatched) => {
      resolve(headersOf(headers ?? {}));
      return true;
    });
    const onResponseError = (_: unknown, error: unknown): void => reject(error);
    dispatch({ origin, path: "/x", method: "GET", headers: given }, { onResponseError });
  });
  return soon(handedOn, `A dispatch to ${origin}`);
}

/** undici takes an object, or a flat list of names and values. */
function headersOf(headers: NonNullable<Dispatched["headers"]>): Headers {
  if (!Array.isArray(headers)) return new Headers(headers as Record<string, string>);
  const pairs = headers.flatMap((name: string, at) =>
    at % 2 === 0 ? [[name, String(headers[at + 1])]] : [],
  );
  return new Headers(pairs as [string, string][]);
}
