import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import process from "node:process";

import type { Environment } from "@auth/core";

import { failed, type Finding, ok, warning } from "./finding.ts";

/** What the environment says about certificates. */
export function checkCertificates(env: Environment): Finding[] {
  const findings: Finding[] = [];
  if (env["NODE_TLS_REJECT_UNAUTHORIZED"] === "0")
    findings.push(
      warning(
        "certificates",
        "NODE_TLS_REJECT_UNAUTHORIZED=0 is set: anybody on the way can read the token.",
        "Unset it, and name the certificate authority in NODE_EXTRA_CA_CERTS.",
      ),
    );
  const extra = env["NODE_EXTRA_CA_CERTS"];
  if (extra) {
    const problem = problemOf(extra);
    findings.push(
      problem === undefined
        ? ok("certificates", `NODE_EXTRA_CA_CERTS adds ${extra}.`)
        : failed(
            "certificates",
            `NODE_EXTRA_CA_CERTS names ${extra}, which ${problem}. Node.js goes on without it.`,
            "Name a file with certificates in PEM.",
          ),
    );
  }
  const openssl = [...process.execArgv, ...(env["NODE_OPTIONS"] ?? "").split(/\s+/)].includes(
    "--use-openssl-ca",
  );
  for (const name of ["SSL_CERT_FILE", "SSL_CERT_DIR"])
    if (env[name] && !openssl && !extra)
      findings.push(
        warning(
          "certificates",
          `${name} is set, and Node.js takes no notice of it.`,
          `Set NODE_EXTRA_CA_CERTS to the file, or run Node.js with --use-openssl-ca.`,
        ),
      );
  return findings.length === 0
    ? [ok("certificates", "The usual certificate authorities are trusted.")]
    : findings;
}

function problemOf(file: string): string | undefined {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    return `cannot be read (${(error as NodeJS.ErrnoException).code ?? "no reason given"})`;
  }
  try {
    return new X509Certificate(text).subject === undefined ? "holds no certificate" : undefined;
  } catch {
    return "holds no certificate in PEM";
  }
}
