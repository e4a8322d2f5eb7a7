import { AuthError, failed } from "@auth/core";

import { type ConfigKey, type ConfigLayer, type ConfigPlace, decide } from "./config-layer.ts";

/** The API server that the configuration names. */
export interface ApiServer {
  /** An origin. */
  readonly baseUrl: string;
  readonly plainHttp: boolean;
  /** For people: what made it plain http, and where that stands. */
  readonly protocolName: string;
  /** The names that lead away from the service's public address, and the places that gave them. */
  readonly named: readonly Setting[];
  /** Whether the host was named, and nothing but the environment had a part in the address. */
  readonly fromEnvironment: boolean;
  readonly warnings: readonly string[];
}

/** A part of the address as a place gave it. */
interface Setting {
  readonly key: ConfigKey;
  readonly text: string;
  readonly place: ConfigPlace;
}

/**
 * Builds the address from `DX_APISERVER_PROTOCOL`, `DX_APISERVER_HOST` and `DX_APISERVER_PORT`, each from the highest
 * layer that has it. Without a port there is none in the address, as in the toolkit.
 *
 * @throws {AuthError} `AUTH_TOKEN_SOURCE_FAILED` when a part would come from a file that is broken. A part that is not of
 * its form is thrown for the setup to report. Neither quotes a value, which may have a password in it.
 */
export function apiServer(layers: readonly ConfigLayer[]): ApiServer {
  const protocol = setting(layers, "DX_APISERVER_PROTOCOL");
  const host = setting(layers, "DX_APISERVER_HOST");
  const port = setting(layers, "DX_APISERVER_PORT");

  const scheme = protocol?.text.toLowerCase() ?? "https";
  if (protocol !== undefined && scheme !== "https" && scheme !== "http") {
    throw wrong(protocol, "is neither https nor http", "https");
  }
  if (host !== undefined && !isHost(host.text)) {
    throw wrong(host, "is not a host name alone, without scheme, port, path or user", "api.dnanexus.com");
  }
  if (port !== undefined && !isPort(port.text))
    throw wrong(port, "is not a port number from 1 to 65535", "443");

  const address = `${scheme}://${host?.text ?? "api.dnanexus.com"}${port === undefined ? "" : `:${port.text}`}`;
  if (!URL.canParse(address) && host !== undefined)
    throw wrong(host, "is not a host name", "api.dnanexus.com");

  const settings = [protocol, host, port].filter((one) => one !== undefined);
  const { origin } = new URL(address);
  const plainHttp = scheme === "http";
  return {
    baseUrl: origin,
    plainHttp,
    protocolName: protocol === undefined ? "DX_APISERVER_PROTOCOL" : placeName(protocol),
    named: settings.filter(({ key, text }) => publicAddress[key] !== text.toLowerCase()),
    fromEnvironment: host !== undefined && settings.every(({ place }) => place.kind === "environment"),
    warnings:
      plainHttp && port === undefined
        ? [`DX_APISERVER_PORT is not set, and the protocol is http: requests go to port 80 of ${origin}.`]
        : [],
  };
}

const publicAddress: Readonly<Partial<Record<ConfigKey, string>>> = {
  DX_APISERVER_PROTOCOL: "https",
  DX_APISERVER_HOST: "api.dnanexus.com",
  DX_APISERVER_PORT: "443",
};

function setting(layers: readonly ConfigLayer[], key: ConfigKey): Setting | undefined {
  const decision = decide(layers, key);
  if (decision === undefined || decision.reading.state === "hidden") return undefined;
  const { reading, layer } = decision;
  if (reading.state === "set") return { key, text: reading.value, place: layer.place };

  const source = layer.place.nameOf("DX_SECURITY_CONTEXT");
  const file = layer.place.nameOf(key);
  // The problem of a whole file is a clause about it: "it is not JSON".
  const reason =
    layer.broken() === undefined
      ? `${key} would come from ${file}, and ${reading.problem}`
      : `${file.replace(/^file /, "The file ")} ${reading.problem.replace(/^it /, "")}; the server's address is read from it`;
  const remedy = `${reading.remedy.replace(/\.$/, "")}, or pass the option baseUrl.`;
  throw new AuthError("AUTH_TOKEN_SOURCE_FAILED", {
    provider: "dnanexus",
    message: `${reason}.`,
    remedy,
    attempts: [{ source, outcome: "failed", reason, remedy, durationMs: 0 }],
  });
}

function isHost(text: string): boolean {
  return /^(?:[\w.-]+|\[[0-9a-fA-F:.]+\])$/.test(text);
}

function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535;
}

function placeName({ key, place }: Setting): string {
  const name = place.nameOf(key);
  return place.kind === "environment" ? name : `${key} in ${name}`;
}

function wrong(part: Setting, problem: string, example: string): Error {
  return failed(`${placeName(part)} ${problem}`, `Give ${part.key} as in ${example}.`);
}
