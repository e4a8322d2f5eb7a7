import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";

import { expect, it } from "vitest";

import { canary, createSandbox, fakeDNAnexus } from "../fixtures/sandbox.ts";

const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;

it.runIf(hasOpenssl)("the fake service speaks TLS where it is given a certificate", async () => {
  const { home, write } = createSandbox();
  const keyFile = write(join(home, "key.pem"), "");
  const certFile = write(join(home, "cert.pem"), "");
  const subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"];
  const files = ["-keyout", keyFile, "-out", certFile];
  spawnSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", ...subject, ...files]);
  const cert = readFileSync(certFile, "utf8");
  const fake = await fakeDNAnexus({ tls: { key: readFileSync(keyFile, "utf8"), cert } });
  expect(fake.environment()["DX_AUTHSERVER_HOST"]).toBe("https://127.0.0.1");
  const status = await new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${canary}` };
    request(`${fake.url}/system/getUserInfo`, { method: "POST", headers, ca: cert }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    })
      .on("error", reject)
      .end("{}");
  });
  expect(status).toBe(200);
});
