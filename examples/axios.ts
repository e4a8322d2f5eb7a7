// Differs from basic.ts by the client: axios asks `headers(url)` before each request. On a redirect it would take every
// header but `authorization` along to any origin, so what was added is taken out again once the origin is a foreign one.
import { type Auth, type AuthOptions, pylon } from "@auth/pylon";
import axios, { type AxiosInstance } from "axios";

export function axiosWith(auth: Auth): AxiosInstance {
  const client = axios.create({ baseURL: auth.baseUrl, adapter: "http" });
  client.interceptors.request.use(async (config) => {
    const headers = await auth.headers(client.getUri(config));
    // `false`: a header that the caller has set stays.
    for (const [name, value] of Object.entries(headers)) config.headers.set(name, value, false);
    const { beforeRedirect } = config;
    config.beforeRedirect = (next, ...facts) => {
      beforeRedirect?.(next, ...facts);
      if (auth.origins.includes(new URL(next["href"] as string).origin)) return;
      const carried = next["headers"] as Record<string, string>;
      for (const name of Object.keys(carried)) if (name.toLowerCase() in headers) delete carried[name];
    };
    return config;
  });
  return client;
}

export async function issueTitles(options: AuthOptions = {}): Promise<string[]> {
  const { data } = await axiosWith(pylon(options)).get<{ data: { title: string }[] }>("/issues?limit=10");
  return data.data.map(({ title }) => title);
}
