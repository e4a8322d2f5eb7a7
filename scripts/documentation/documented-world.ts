import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";

/** What a document's program finds around it: services on loopback in the place of the real ones. */
export interface DocumentedWorld {
  readonly env: Readonly<Record<string, string>>;
  /** Real origins, each with the loopback address that takes its place. */
  readonly addresses?: Readonly<Record<string, string>>;
  readonly close: () => Promise<void>;
}

/**
 * What `packages/<id>/src/fixtures/readme-world.ts` exports, where a provider has one: its service as the blocks below
 * a heading expect it.
 */
interface ReadmeWorld {
  readonly startReadmeWorld: (heading: string) => Promise<DocumentedWorld>;
}

const packages = path.join(import.meta.dirname, "../../packages");

/** The world of a document: for a provider's README that provider's, for any other document all of them together. */
export async function startDocumentedWorld(file: string, heading: string): Promise<DocumentedWorld> {
  const [, own] = /^packages\/([^/]+)\//.exec(file) ?? [];
  const fixtures = (own === undefined ? readdirSync(packages) : [own])
    .map((id) => path.join(packages, id, "src/fixtures/readme-world.ts"))
    .filter((fixture) => existsSync(fixture));
  const worlds = await Promise.all(
    fixtures.map(async (fixture) => {
      const { startReadmeWorld } = (await import(pathToFileURL(fixture).href)) as ReadmeWorld;
      return startReadmeWorld(heading);
    }),
  );
  const home = mkdtempSync(path.join(tmpdir(), "documented-"));
  return {
    env: { ...(Object.assign({}, ...worlds.map(({ env }) => env)) as Record<string, string>), HOME: home },
    addresses: Object.assign({}, ...worlds.map(({ addresses }) => addresses)) as Record<string, string>,
    close: async () => {
      await Promise.all(worlds.map((world) => world.close()));
      rmSync(home, { recursive: true });
    },
  };
}
