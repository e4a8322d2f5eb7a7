// axios with its adapter for fetch: each hop of a redirect is followed here, and a 401 is answered.
import type { Auth } from "@auth/pylon";
import axios, { type AxiosInstance } from "axios";

// #region copy
function axiosWith(auth: Auth): AxiosInstance {
  return axios.create({ baseURL: auth.baseUrl, adapter: "fetch", env: { fetch: auth.fetch } });
}
// #endregion

export async function send(auth: Auth, url: string, body?: string): Promise<number> {
  const request = body === undefined ? {} : { method: "POST", data: body };
  const response = await axiosWith(auth).request({ url, ...request, validateStatus: () => true });
  return response.status;
}
