import { failed, type Environment, isLoopback } from "@auth/core";

import { trimmedVariable } from "../config/environment-place.ts";

/** What the address of the auth server is derived from. */
export interface AuthServerFacts {
  /** The option `authUrl`, which comes before everything else. */
  readonly authUrl?: string | undefined;
  /** Address of the API server. */
  readonly baseUrl: string;
  readonly env: Environment;
  readonly allowInsecureHttp?: boolean | undefined;
}

/** The service's own pairs of API host and auth server. The port of the API server plays no part in them. */
const authServers: ReadonlyMap<string, string> = new Map([
  ["api.dnanexus.com", "https://auth.dnanexus.com"],
  ["stagingapi.dnanexus.com", "https://stagingauth.dnanexus.com"],
  ["api.cn.dnanexus.com", "https://auth.cn.dnanexus.com:8001"],
  ["stagingapi.cn.dnanexus.com", "https://stagingauth.cn.dnanexus.com:7001"],
]);

/**
 * The origin of the auth server, where logins are made and ended: the option's, else by the API server's host, else, for
 * an API server on this machine, that of `DX_AUTHSERVER_HOST` and `DX_AUTHSERVER_PORT`. The environment does not move it
 * for any other host, as in the toolkit: passwords go there. Throws what `failed` makes, which names the option.
 */
export function authServer({ authUrl, baseUrl, env, allowInsecureHttp = false }: AuthServerFacts): string {
  if (authUrl !== undefined)
    return checked(authUrl, "the option authUrl", "https://auth.dnanexus.com", allowInsecureHttp);

  const { hostname } = new URL(baseUrl);
  const known = authServers.get(hostname);
  if (known !== undefined) return known;
  if (!isLoopback(hostname) && hostname !== "apiserver") {
    throw failed(
      `the auth server that belongs to ${hostname} is not known`,
      "Pass the option authUrl with its address.",
    );
  }

  const host = trimmedVariable(env, "DX_AUTHSERVER_HOST");
  const port = trimmedVariable(env, "DX_AUTHSERVER_PORT");
  if (host === undefined || port === undefined) {
    const missing = [
      ...(host === undefined ? ["DX_AUTHSERVER_HOST"] : []),
      ...(port === undefined ? ["DX_AUTHSERVER_PORT"] : []),
    ].join(" and ");
    throw failed(
      `the auth server that belongs to ${hostname} is not known without ${missing}`,
      "Set DX_AUTHSERVER_HOST and DX_AUTHSERVER_PORT, or pass the option authUrl.",
    );
  }
  const names = "env DX_AUTHSERVER_HOST and DX_AUTHSERVER_PORT";
  return checked(`${withScheme(host)}:${port}`, names, "http://127.0.0.1 and 8124", allowInsecureHttp);
}

// Without a scheme, `localhost:8124` would be read as a URL of the scheme `localhost:`.
function withScheme(host: string): string {
  if (/^https?:\/\//i.test(host)) return host;
  return `${isLoopback(host) ? "http" : "https"}://${host}`;
}

// No value is quoted: there may be a password in it.
function checked(address: string, name: string, example: string, allowInsecureHttp: boolean): string {
  const remedy = `Give ${name.replace(/^env /, "")} as in ${example}.`;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const isOrigin =
    url !== undefined &&
    (url.protocol === "https:" || url.protocol === "http:") &&
    url.username + url.password + url.search + url.hash === "" &&
    url.pathname === "/";
  if (!isOrigin) throw failed(`${name} is not the address of a server, without user and path`, remedy);
  if (url.protocol === "http:" && !isLoopback(url.hostname) && !allowInsecureHttp) {
    throw failed(
      `${name} leads to ${url.origin}, plain http, which shows the password and the token to everyone on the way`,
      remedy,
    );
  }
  return url.origin;
}
