import http from "node:http";
import https from "node:https";
import process from "node:process";

import type { Environment } from "@auth/core";

import { failed, type Finding, ok, warning } from "./finding.ts";

/** The proxy that the environment names for an address. */
export interface Proxy {
  readonly variable: string;
  readonly url: URL;
  /** Whether Node.js goes through it. */
  readonly used: boolean;
}

/** What the variables say about a way to `target`, and whether this Node.js takes notice of them. */
export function proxyFor(target: URL, env: Environment): Proxy | undefined {
  if (isExcepted(target, env["NO_PROXY"] ?? env["no_proxy"] ?? "")) return undefined;
  const names =
    target.protocol === "https:"
      ? ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]
      : ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];
  const name = names.find((known) => env[known]?.trim());
  if (name === undefined) return undefined;
  const text = env[name]?.trim() ?? "";
  const url = URL.parse(text.includes("://") ? text : `http://${text}`);
  return url === null ? undefined : { variable: name, url, used: isUsed(env) && !/^all_proxy$/i.test(name) };
}

/** Node.js has gone through a proxy on request since 22.21 and 24.5. */
function isUsed(env: Environment): boolean {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const able = major > 24 || (major === 24 && minor >= 5) || (major === 22 && minor >= 21);
  const asked =
    env["NODE_USE_ENV_PROXY"] === "1" ||
    [...process.execArgv, ...(env["NODE_OPTIONS"] ?? "").split(/\s+/)].includes("--use-env-proxy");
  return able && asked;
}

/** Whether a proxy that is named is used, and lets a connection to the service through. */
export async function checkProxy(
  proxy: Proxy | undefined,
  target: URL,
  timeoutMs: number,
): Promise<Finding[]> {
  if (proxy === undefined) return [ok("proxy", "No proxy is set for the service.")];
  const at = `${proxy.url.hostname}:${portOf(proxy.url)}`;
  if (!proxy.used)
    return [
      warning(
        "proxy",
        `${proxy.variable} names the proxy ${at}, and Node.js takes no notice of it.`,
        "Set NODE_USE_ENV_PROXY=1 (Node.js 22.21, 24.5 and newer), or pass a fetch that goes through the proxy.",
      ),
    ];
  return [await tryProxy(proxy, target, at, timeoutMs)];
}

function tryProxy({ url, variable }: Proxy, target: URL, at: string, timeoutMs: number): Promise<Finding> {
  return new Promise((resolve) => {
    const client = url.protocol === "https:" ? https : http;
    const host = `${target.hostname}:${portOf(target)}`;
    const credentials =
      url.username === ""
        ? undefined
        : `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    const request = client.request({
      host: url.hostname,
      port: portOf(url),
      method: "CONNECT",
      path: host,
      headers: {
        host,
        ...(credentials !== undefined && {
          "proxy-authorization": `Basic ${Buffer.from(credentials).toString("base64")}`,
        }),
      },
      timeout: timeoutMs,
    });
    const say = (finding: Finding): void => {
      request.destroy();
      resolve(finding);
    };
    request.on("connect", ({ statusCode = 0 }) => {
      if (statusCode === 200) say(ok("proxy", `The proxy ${at} connects to ${host}.`));
      else if (statusCode === 407)
        say(
          failed(
            "proxy",
            `The proxy ${at} wants a user name and a password (status 407).`,
            `Write them in ${variable}: http://user:password@${at}`,
          ),
        );
      else
        say(
          failed(
            "proxy",
            `The proxy ${at} does not connect to ${host} (status ${statusCode}).`,
            "Ask whoever runs the proxy to let the service through, or name the service in NO_PROXY.",
          ),
        );
    });
    request.on("response", ({ statusCode }) =>
      say(
        failed(
          "proxy",
          `${at} answers CONNECT like a web server (status ${statusCode}).`,
          `Check that ${variable} is the address of a proxy.`,
        ),
      ),
    );
    request.on("timeout", () =>
      say(failed("proxy", `The proxy ${at} does not answer.`, `Check ${variable} and the network.`)),
    );
    request.on("error", (error: NodeJS.ErrnoException) =>
      say(
        failed(
          "proxy",
          `The proxy ${at} cannot be reached (${error.code ?? "no reason given"}).`,
          `Check ${variable}.`,
        ),
      ),
    );
    request.end();
  });
}

function isExcepted(target: URL, list: string): boolean {
  return list
    .split(/[\s,]+/)
    .filter((entry) => entry !== "")
    .some((entry) => {
      const [host = ""] = entry
        .toLowerCase()
        .replace(/^\*?\./, "")
        .split(":");
      return entry === "*" || target.hostname === host || target.hostname.endsWith(`.${host}`);
    });
}

/** The port of a URL, the scheme's own where it names none. */
export function portOf(url: URL): number {
  return url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port);
}
