// ky takes a fetch. Its hooks would see each request once, before the retries; the fetch sees every try.
import type { Auth } from "@auth/pylon";
import ky, { type KyInstance } from "ky";

// #region copy
function kyWith(auth: Auth): KyInstance {
  return ky.create({ baseUrl: auth.baseUrl, fetch: auth.fetch });
}
// #endregion

export async function send(auth: Auth, url: string, body?: string): Promise<number> {
  const options = body === undefined ? {} : { method: "post", body };
  const response = await kyWith(auth)(url, { ...options, retry: 0, throwHttpErrors: false });
  return response.status;
}
