// orval calls a function of yours for each request: `override: { mutator: { path, name: "sendWith" } }` in its configuration.
import type { Auth } from "@auth/pylon";

// #region copy
let auth: Auth;

/** Once, where the program starts. */
export function sendThrough(given: Auth): void {
  auth = given;
}

export async function sendWith<T>(url: string, init: RequestInit): Promise<T> {
  const response = await auth.fetch(url, init);
  return { status: response.status, data: await response.json(), headers: response.headers } as T;
}
// #endregion

export async function send(given: Auth, url: string, body?: string): Promise<number> {
  const { getThing, postThing } = await import("./generated/orval/things.ts");
  // Its paths are relative to the base address, which is another one in each cell.
  sendThrough({ ...given, fetch: (path, init) => given.fetch(`${url}${path as string}`, init) });
  return (await (body === undefined ? getThing() : postThing({ body }))).status;
}
