import { type LoopbackAnswer, type LoopbackServer, startLoopbackServer } from "@auth/testing/loopback";

/** Tessera's API on loopback. */
export interface FakeTessera extends LoopbackServer {
  /** The keys that it knows. They may be changed while it runs. */
  readonly keys: Set<string>;
}

/** Starts Tessera with some keys of the project Atlas. Its tiles are texts. */
export async function startFakeTessera(...known: readonly string[]): Promise<FakeTessera> {
  const keys = new Set(known);
  const server = await startLoopbackServer(({ path, headers }): LoopbackAnswer => {
    if (!keys.has(String(headers["x-api-key"]))) return problem(401, "invalid_key", "This key is not known.");
    if (path === "/v1/key") return { body: { key: { id: "key_8f2c", project, scopes: ["tiles"] } } };
    if (path.startsWith("/v1/tiles/")) return { body: `tile ${path.slice("/v1/tiles/".length)}` };
    return problem(404, "not_found", "There is no such path.");
  });
  return Object.assign(server, { keys });
}

const project = { id: "prj_41", name: "Atlas" };

function problem(status: number, type: string, message: string): LoopbackAnswer {
  return { status, headers: { "x-trace-id": "t-1" }, body: { error: { type, message } } };
}
