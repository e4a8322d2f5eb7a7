import { authErrorOf } from "../failure-of.ts";
import { insist, type Rule } from "../rule.ts";
import type { Trial } from "../trial.ts";

/** What a provider says of itself, and the addresses that get the token. */
export const definitionRules: readonly Rule[] = [
  {
    id: "id-and-name",
    title: "has an id in lower case and a name for people",
    remedy:
      "Give defineProvider an id such as \"acme\", the last part of the package's name, and the service's name.",
    async check({ provider }) {
      const { id } = provider;
      insist(typeof id === "string" && /^[a-z][a-z0-9-]*$/.test(id), `Its id is ${JSON.stringify(id)}.`);
      insist(typeof provider.name === "string" && provider.name.trim() !== "", "It has no name.");
    },
  },
  {
    id: "token-url",
    title: "names the page where tokens are made, if it names one, as an https address",
    remedy: "Give tokenUrl as the https address of the service's page for tokens.",
    async check({ provider: { tokenUrl } }) {
      if (tokenUrl === undefined) return;
      insist(
        URL.canParse(tokenUrl) && new URL(tokenUrl).protocol === "https:",
        `Its tokenUrl is ${JSON.stringify(tokenUrl)}.`,
      );
    },
  },
  {
    id: "auth-says-whose",
    title: "makes auths that say whose they are",
    remedy: "Make the factory with defineProvider, whose auths carry the provider's id and name.",
    async check(trial) {
      const { id, name } = trial.provider;
      const { provider } = trial.auth(nowhere);
      insist(
        provider.id === id && provider.name === name,
        `The auth says ${provider.id} (${provider.name}), and the factory ${id} (${name}).`,
      );
    },
  },
  {
    id: "base-url",
    title: "has an https address of its own, without user name, query or fragment",
    remedy: "Give setup's baseUrl as in https://api.acme.example.",
    async check(trial) {
      const url = addressOf(trial);
      insist(url !== undefined, "Its baseUrl is no URL.");
      insist(isSafe(url), `Its baseUrl begins with ${url.protocol}//, for a host that is not this machine.`);
      insist(url.username === "" && url.password === "", "Its baseUrl has a user name or a password in it.");
      insist(url.search === "" && url.hash === "", "Its baseUrl has a query or a fragment.");
    },
  },
  {
    id: "origins",
    title: "lists the origins that get the token: https, without a path or a wildcard, its own among them",
    remedy: "Give setup's origins as a list of scheme, host and port, or leave them out for that of baseUrl.",
    async check(trial) {
      const { origins } = trial.provider({ env: {}, token: trial.token, ...trial.options(nowhere) });
      const own = addressOf(trial);
      insist(origins.length > 0, "Its origins are an empty list.");
      for (const origin of origins) {
        const url = URL.canParse(origin) ? new URL(origin) : undefined;
        insist(url?.origin === origin && !origin.includes("*"), `${origin} is no origin.`);
        insist(isSafe(url), `${origin} is plain http, for a host that is not this machine.`);
      }
      insist(
        own !== undefined && origins.includes(own.origin),
        "The origin of its baseUrl is not among them.",
      );
    },
  },
  {
    id: "base-url-option",
    title: "takes the option baseUrl as its address and its only origin",
    remedy: "Leave the option baseUrl to defineProvider, and list no origins of your own when it is given.",
    async check(trial) {
      const { baseUrl, origins } = trial.auth("https://gateway.example");
      insist(
        URL.canParse(baseUrl) && new URL(baseUrl).origin === "https://gateway.example",
        `Its baseUrl is then ${baseUrl}.`,
      );
      insist(origins.join() === "https://gateway.example", `Its origins are then ${origins.join(", ")}.`);
    },
  },
  {
    id: "unsafe-address",
    title: "refuses an address that is plain http, has a user name in it or is none",
    remedy:
      "Leave the check of baseUrl and origins to defineProvider, and vouch for no insecureOrigins here.",
    async check(trial) {
      for (const address of [
        "http://acme.example",
        "https://user@acme.example",
        "acme",
        "ftp://acme.example",
      ]) {
        const { code } = await authErrorOf(trial.auth(address).token(), `The option baseUrl was ${address}`);
        insist(code === "AUTH_PROVIDER_INVALID", `The option baseUrl was ${address}: that gave ${code}.`);
      }
    },
  },
];

/** An address where nobody listens, for what sends nothing. */
const nowhere = "http://127.0.0.1:9";

function addressOf({ provider, token, options }: Trial): URL | undefined {
  const { baseUrl } = provider({ env: {}, token, ...options(nowhere) });
  return URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
}

function isSafe({ protocol, hostname }: URL): boolean {
  return (
    protocol === "https:" ||
    (protocol === "http:" && /^(?:localhost|\[::1\]|127(?:\.\d+){3})$/.test(hostname))
  );
}
