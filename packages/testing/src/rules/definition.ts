import { failureOf } from "../failure-of.ts";
import { recordingFetch } from "../recording-fetch.ts";
import { expect, type Rule } from "../rule.ts";
import { within } from "../within.ts";
import type { RuleContext } from "../rule-context.ts";

const home = "https://api.acme.example";

/** What a provider says of itself, and the addresses that get the token. */
export const definitionRules: readonly Rule[] = [
  {
    id: "token-url",
    title: "names the page where tokens are made, if it names one, as an https address",
    remedy: "Give tokenUrl as the https address of the service's page for tokens.",
    async check(context) {
      for (const { tokenUrl } of [context.provider, atHome(context).provider]) {
        if (tokenUrl === undefined) continue;
        expect(
          URL.canParse(tokenUrl) && new URL(tokenUrl).protocol === "https:",
          `Its tokenUrl is ${JSON.stringify(tokenUrl)}.`,
        );
      }
    },
  },
  {
    id: "origins",
    title: "gives the token to https origins only",
    remedy: "Give setup's baseUrl and origins with https, and vouch for no insecureOrigins here.",
    async check(context) {
      for (const origin of atHome(context).origins) {
        const { protocol, hostname } = new URL(origin);
        const isLoopback = /^(?:localhost|\[::1\]|127(?:\.\d+){3})$/.test(hostname);
        expect(
          protocol === "https:" || isLoopback,
          `${origin} is plain http, for a host that is not this machine.`,
        );
      }
    },
  },
  {
    id: "host-parts",
    title: "lets no option that becomes a part of a host name lead to another host",
    remedy: "Make the address with tenantUrl, which checks each part.",
    applies: ({ options }) => options !== undefined,
    async check(context) {
      const { provider, token } = context;
      const options = context.options("http://127.0.0.1:9");
      const hosts = atHome(context).origins.map((origin) => new URL(origin).host);
      for (const [name, value] of Object.entries(options) as [string, unknown][]) {
        const host = hosts.find((one) => typeof value === "string" && one !== value && one.includes(value));
        if (typeof value !== "string" || host === undefined) continue;
        const rest = host.replace(value, "");
        for (const hostile of [
          "evil.example/",
          "evil.example#",
          "evil.example?",
          "x@evil.example:1/",
          "a.b",
          "",
        ]) {
          const auth = provider({ env: {}, token, ...options, [name]: hostile });
          // Read, and not asked for a token: an address that is none throws there.
          const origins = await Promise.resolve()
            .then(() => auth.origins)
            .catch(() => []);
          const led = origins.find(
            (origin) => !new URL(origin).host.endsWith(rest) || new URL(origin).host === rest,
          );
          expect(
            led === undefined,
            `The option ${name} was ${JSON.stringify(hostile)}: the token may go to ${led}.`,
          );
          expect(
            origins.length === 0 || !hostile.includes("."),
            `The option ${name} was ${JSON.stringify(hostile)}, and it was taken.`,
          );
        }
      }
    },
  },
  {
    id: "token-pattern",
    isPerKind: true,
    title: "says of its tokens' form what is true of them, if it says anything",
    remedy: "Give tokenPattern as an anchored expression that every kind of token matches, or leave it out.",
    applies: ({ sampleToken }) => sampleToken !== undefined,
    async check({ provider, token }) {
      const { tokenPattern } = provider;
      if (tokenPattern === undefined) return;
      expect(tokenPattern.test(token), `The token that the facts make does not match ${tokenPattern}.`);
      expect(
        !tokenPattern.test(`x ${token} x`),
        `${tokenPattern} matches a text with a token in it: begin with ^ and end with $.`,
      );
    },
  },
  {
    id: "fixed-headers",
    isPerKind: true,
    title: "sends its fixed headers with the token, and to its own origins only",
    remedy: "Give setup the headers that the facts name, with values that are no secret.",
    applies: ({ headers }) => headers !== undefined,
    async check(context) {
      const fixed = Object.entries(context.facts.headers ?? {}).map(([name, value]) => [
        name.toLowerCase(),
        value,
      ]);
      const [own, foreign] = [await context.serve(), await context.serve()];
      const auth = context.auth(own.url);
      await auth.fetch("/x");
      const given = await auth.headers(own.url);
      await auth.fetch(foreign.url);
      for (const [name = "", value] of fixed) {
        expect(
          own.requests[0]?.headers[name] === value,
          `A request to its own origin has not ${name}: ${value}.`,
        );
        expect(given[name] === value, `headers() gives not ${name}: ${value}.`);
        // The platform may send one of that name by itself, such as a user-agent.
        expect(foreign.requests[0]?.headers[name] !== value, `A request to another origin has ${name}.`);
        await auth.fetch("/x", { headers: { [name]: "mine" } });
        expect(
          String(own.requests.at(-1)?.headers[name]).includes("mine"),
          `The caller's own ${name} was replaced.`,
        );
      }
    },
  },
  {
    id: "options-reach-core",
    title: "hands the options of every provider on as they are",
    remedy: "Hand what the factory is given to defineProvider's factory, unchanged and whole.",
    async check(context) {
      const { fetch, sent } = recordingFetch();
      const env = { CONFORMANCE: "1" };
      const asked: unknown[] = [];
      const heard: unknown[] = [];
      const auth = context.auth(home, {
        env,
        fetch,
        now: () => 1_000_000,
        onEvent: ({ type }) => heard.push(type),
        token(source) {
          asked.push(source.env["CONFORMANCE"], source.now());
          return context.token;
        },
      });
      await auth.fetch("/x");
      expect(
        auth.baseUrl === home && auth.origins.join() === home,
        `With the option baseUrl, it is at ${auth.baseUrl}.`,
      );
      expect(
        sent.at(-1)?.headers.get(context.header().name) === context.header().value,
        "The option fetch did not send a request with the token.",
      );
      expect(
        asked.join() === "1,1000000",
        "The option token was not asked, or not with the options env and now.",
      );
      expect(heard.includes("header.attached"), "The option onEvent was not told of a request.");
      const insecure = context.auth("http://acme.example");
      const { code } = await failureOf(insecure.token(), "The option baseUrl was plain http");
      expect(code === "AUTH_PROVIDER_INVALID", `The option baseUrl was plain http: that gave ${code}.`);
      const broken = context.auth(home, {
        fetch,
        token: () => Promise.reject(new Error("The vault is sealed.")),
      });
      const failed = await failureOf(broken.fetch("/x"), "The option token was broken");
      expect(
        failed.code === "AUTH_TOKEN_SOURCE_FAILED",
        `The option token was broken: that gave ${failed.code}.`,
      );
    },
  },
  {
    id: "undici-entry",
    title: "exports an interceptor that sends the token to its own origins, and to nothing else",
    remedy: "Export core's authInterceptor from src/undici.ts, as it is.",
    applies: ({ authInterceptor }) => authInterceptor !== undefined,
    async check(context) {
      const { name, value } = context.header();
      for (const written of [name, name.toUpperCase()]) {
        const own = await dispatched(context, home, { [written]: "mine" });
        expect(own.get(name) === "mine", `The caller's ${written} was replaced, or sent with another value.`);
      }
      const headers = await dispatched(context, home);
      expect(
        headers.get(name) === value,
        `A dispatch to its own origin did not carry ${name} in the form that the facts give.`,
      );
      for (const origin of ["https://elsewhere.example", `${home}.evil.example`, `${home}:8443`])
        expect(
          !context.shows(JSON.stringify([...(await dispatched(context, origin))])),
          `A dispatch to ${origin} carried the token of ${home}.`,
        );
    },
  },
];

/** With the addresses that the provider gives itself. */
function atHome({ provider, token, options }: RuleContext): ReturnType<RuleContext["auth"]> {
  return provider({ env: {}, token, ...options("http://127.0.0.1:9") });
}

interface Dispatched {
  readonly headers?: readonly string[] | Readonly<Record<string, string>> | null;
}
type Dispatch = (options: object, handler: object) => boolean;

/** The headers with which the interceptor hands a dispatch on, to a dispatcher that opens no connection. */
function dispatched(
  { auth, facts }: RuleContext,
  origin: string,
  given: Readonly<Record<string, string>> = {},
): Promise<Headers> {
  const intercept = facts.authInterceptor as unknown as (auth: unknown) => (dispatch: Dispatch) => Dispatch;
  const handedOn = new Promise<Headers>((resolve, reject) => {
    const dispatch = intercept(auth(home))(({ headers }: Dispatched) => {
      resolve(headersOf(headers ?? {}));
      return true;
    });
    const onResponseError = (_: unknown, error: unknown): void => reject(error);
    dispatch({ origin, path: "/x", method: "GET", headers: given }, { onResponseError });
  });
  return within(handedOn, `A dispatch to ${origin}`);
}

/** undici takes an object, or a flat list of names and values. */
function headersOf(headers: NonNullable<Dispatched["headers"]>): Headers {
  if (!Array.isArray(headers)) return new Headers(headers as Record<string, string>);
  const pairs = headers.flatMap((name: string, at) =>
    at % 2 === 0 ? [[name, String(headers[at + 1])]] : [],
  );
  return new Headers(pairs as [string, string][]);
}
