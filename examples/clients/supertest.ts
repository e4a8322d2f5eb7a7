// supertest takes headers, and follows no redirect unless it is told to.
import type { Auth } from "@auth/pylon";
import supertest, { type Test } from "supertest";

// #region copy
async function supertestWith(auth: Auth, method: "get" | "post", url: string): Promise<{ test: Test }> {
  // In an object: a test that is awaited is sent.
  const { origin, pathname, search } = new URL(url);
  const agent = supertest(origin);
  const test = method === "get" ? agent.get(pathname + search) : agent.post(pathname + search);
  return { test: test.set(await auth.headers(url)) };
}
// #endregion

export async function send(auth: Auth, url: string, body?: string): Promise<number> {
  const { test } = await supertestWith(auth, body === undefined ? "get" : "post", url);
  return (await test.send(body)).status;
}
