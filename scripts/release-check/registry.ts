// A registry for one run, in this process and on loopback: the packages of this repository are what is published to it,
// and everything else comes from the registry that the machine uses.
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import path from "node:path";

export interface RegistryOptions {
  /** For what is published, and for its one user. */
  readonly folder: string;
  /** A folder in which verdaccio is installed. */
  readonly verdaccioFolder: string;
  readonly upstream: { readonly url: string; readonly cafile?: string };
}

export interface Registry {
  readonly url: string;
  /** The line of an .npmrc that lets its reader publish. */
  readonly npmrcLine: string;
  /** What the registry knows of a package, or nothing. */
  packument(name: string): Promise<Packument | undefined>;
  close(): Promise<void>;
}

interface Packument {
  readonly versions: Readonly<
    Record<string, { readonly dist: { readonly tarball: string; readonly integrity: string } }>
  >;
}

export async function startRegistry({
  folder,
  verdaccioFolder,
  upstream,
}: RegistryOptions): Promise<Registry> {
  const { runServer } = createRequire(path.join(verdaccioFolder, "package.json"))("verdaccio") as {
    runServer(configuration: object): Promise<Server>;
  };
  const server = await runServer({
    storage: path.join(folder, "storage"),
    self_path: path.join(folder, "verdaccio.yaml"),
    auth: { htpasswd: { file: path.join(folder, "htpasswd") } },
    uplinks: {
      upstream: { url: upstream.url, ...(upstream.cafile && { ca: readFileSync(upstream.cafile, "utf8") }) },
    },
    packages: {
      // No proxy: `@auth` is somebody else's scope on the public registry.
      "@auth/*": { access: "$all", publish: "$authenticated" },
      "**": { access: "$all", proxy: "upstream" },
    },
    log: { type: "stdout", format: "pretty", level: "error" },
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;

  const answer = await fetch(`${url}-/user/org.couchdb.user:release-check`, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name: "release-check", password: randomBytes(16).toString("hex") }),
  });
  const { token } = (await answer.json()) as { token: string };

  return {
    url,
    npmrcLine: `${url.slice("http:".length)}:_authToken=${token}`,
    async packument(name) {
      const found = await fetch(url + name.replace("/", "%2f"));
      return found.ok ? ((await found.json()) as Packument) : undefined;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
