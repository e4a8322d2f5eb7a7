// needle takes headers, and keeps every one of them when it follows a redirect: so it follows none.
import type { Auth } from "@auth/pylon";
import needle, { type NeedleResponse } from "needle";

// #region copy
async function needleWith(auth: Auth, url: string, body?: string): Promise<NeedleResponse> {
  const options = { headers: await auth.headers(url), follow_max: 0 };
  return body === undefined ? needle("get", url, options) : needle("post", url, body, options);
}
// #endregion

export async function send(auth: Auth, url: string, body?: string): Promise<number> {
  return (await needleWith(auth, url, body)).statusCode ?? 0;
}
