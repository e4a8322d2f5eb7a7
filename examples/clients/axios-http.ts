// axios with Node's http, where the adapter for fetch will not do. It takes headers; what was added is taken out before a hop to a foreign origin.
import type { Auth } from "@auth/pylon";
import axios, { type AxiosInstance } from "axios";

// #region copy
export function axiosWith(auth: Auth): AxiosInstance {
  const client = axios.create({ baseURL: auth.baseUrl, adapter: "http" });
  client.interceptors.request.use(async (config) => {
    const added = await auth.headers(client.getUri(config));
    for (const [name, value] of Object.entries(added)) config.headers.set(name, value, false);
    config.beforeRedirect = (next) => {
      const { href, headers } = next as { href: string; headers: Record<string, string> };
      if (auth.origins.includes(new URL(href).origin)) return;
      for (const name of Object.keys(headers)) if (name.toLowerCase() in added) delete headers[name];
    };
    return config;
  });
  return client;
}
// #endregion

export async function send(auth: Auth, url: string, body?: string): Promise<number> {
  const request = body === undefined ? {} : { method: "POST", data: body };
  const response = await axiosWith(auth).request({ url, ...request, validateStatus: () => true });
  return response.status;
}
