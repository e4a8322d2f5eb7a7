import { lookup } from "node:dns/promises";
import { connect, isIP } from "node:net";
import tls from "node:tls";

import { failed, type Finding, ok } from "./finding.ts";
import { portOf } from "./proxy.ts";

/** Name, connection and TLS, one after the other: what comes after a failure would only repeat it. Sends nothing secret. */
export async function checkConnection(target: URL, timeoutMs: number): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const check of [checkName, checkPort, ...(target.protocol === "https:" ? [checkTls] : [])]) {
    const finding = await check(target, timeoutMs);
    findings.push(finding);
    if (finding.outcome === "failed") break;
  }
  return findings;
}

async function checkName({ hostname }: URL): Promise<Finding> {
  const bare = hostname.replace(/^\[|\]$/g, "");
  if (isIP(bare) !== 0) return ok("name", `${bare} is an address, and needs no look-up.`);
  try {
    const { address } = await lookup(bare);
    return ok("name", `${bare} is ${address}.`);
  } catch (error) {
    return failed(
      "name",
      `${bare} is not known to this machine's name server (${codeOf(error)}).`,
      "Check the address for a slip, the network, and the VPN.",
    );
  }
}

function checkPort(target: URL, timeoutMs: number): Promise<Finding> {
  const at = `${target.hostname}:${portOf(target)}`;
  return new Promise((resolve) => {
    const socket = connect({
      host: target.hostname.replace(/^\[|\]$/g, ""),
      port: portOf(target),
      timeout: timeoutMs,
    });
    const say = (finding: Finding): void => {
      socket.destroy();
      resolve(finding);
    };
    socket.once("connect", () => say(ok("connection", `${at} takes connections.`)));
    socket.once("timeout", () =>
      say(
        failed(
          "connection",
          `${at} does not answer.`,
          "Check the network and the firewall; a company's network may want a proxy: HTTPS_PROXY with NODE_USE_ENV_PROXY=1.",
        ),
      ),
    );
    socket.once("error", (error) =>
      say(
        failed(
          "connection",
          `${at} cannot be reached (${codeOf(error)}).`,
          "Check the address, that the service runs there, and the firewall.",
        ),
      ),
    );
  });
}

function checkTls(target: URL, timeoutMs: number): Promise<Finding> {
  const host = target.hostname.replace(/^\[|\]$/g, "");
  return new Promise((resolve) => {
    const socket = tls.connect({
      host,
      port: portOf(target),
      timeout: timeoutMs,
      ...(isIP(host) === 0 && { servername: host }),
    });
    const say = (finding: Finding): void => {
      socket.destroy();
      resolve(finding);
    };
    socket.once("secureConnect", () =>
      say(ok("TLS", `The certificate of ${host} is trusted (${socket.getProtocol() ?? "TLS"}).`)),
    );
    socket.once("timeout", () =>
      say(
        failed(
          "TLS",
          `${host} does not finish the TLS handshake.`,
          "Check what stands between: a proxy or a firewall.",
        ),
      ),
    );
    socket.once("error", (error) => say(tlsFailure(host, error)));
  });
}

/** By OpenSSL's names: https://nodejs.org/api/tls.html#x509-certificate-error-codes (read 2026-11) */
function tlsFailure(host: string, error: Error): Finding {
  const code = codeOf(error);
  switch (code) {
    case "DEPTH_ZERO_SELF_SIGNED_CERT":
      return failed(
        "TLS",
        `The certificate of ${host} is self-signed (${code}).`,
        "Save the certificate in PEM and name the file in NODE_EXTRA_CA_CERTS, if this is the server that you mean.",
      );
    case "SELF_SIGNED_CERT_IN_CHAIN":
    case "UNABLE_TO_GET_ISSUER_CERT":
    case "UNABLE_TO_GET_ISSUER_CERT_LOCALLY":
    case "UNABLE_TO_VERIFY_LEAF_SIGNATURE":
      return failed(
        "TLS",
        `The certificate of ${host} is signed by an authority that Node.js does not know (${code}): a company's own, or something that reads what passes.`,
        "Name the authority's certificate in NODE_EXTRA_CA_CERTS, or run Node.js with --use-system-ca.",
      );
    case "CERT_HAS_EXPIRED":
    case "CERT_NOT_YET_VALID":
      return failed(
        "TLS",
        `The certificate of ${host} is not valid now (${code}), by this machine's clock: ${new Date().toISOString()}.`,
        "Check the clock of this machine, then the certificate.",
      );
    case "ERR_TLS_CERT_ALTNAME_INVALID":
      return failed(
        "TLS",
        `The certificate is for another name than ${host}.`,
        "Check the address, and what answers in the service's place.",
      );
    default:
      return failed(
        "TLS",
        `No TLS with ${host} (${code}).`,
        "Check that this is an https address, and what stands between.",
      );
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? "no reason given";
}
