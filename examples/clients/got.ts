// got takes headers; what was added is taken out before a hop to a foreign origin, and not added again.
import type { Auth } from "@auth/pylon";
import got, { type Got } from "got";

// #region copy
export function gotWith(auth: Auth): Got {
  return got.extend({
    hooks: {
      beforeRequest: [
        async (options) => {
          if (options.context["left"] === true) return;
          const added = await auth.headers(String(options.url));
          options.headers = { ...added, ...options.headers };
          options.context["added"] = Object.keys(added);
        },
      ],
      beforeRedirect: [
        (options) => {
          if (auth.origins.includes(new URL(String(options.url)).origin)) return;
          options.context["left"] = true;
          for (const name of options.context["added"] as string[]) delete options.headers[name];
        },
      ],
    },
  });
}
// #endregion

export async function send(auth: Auth, url: string, body?: string): Promise<number> {
  const request = body === undefined ? {} : { method: "POST" as const, body };
  const response = await gotWith(auth)(url, { ...request, throwHttpErrors: false, retry: { limit: 0 } });
  return response.statusCode;
}
