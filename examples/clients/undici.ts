// undici: one interceptor, for one dispatcher or with setGlobalDispatcher for all. With redirects in either order.
import type { Auth } from "@auth/pylon";
import { authInterceptor } from "@auth/pylon/undici";
import { Agent, type Dispatcher, interceptors, request } from "undici";

// #region copy
function dispatcherWith(auth: Auth): Dispatcher {
  return new Agent().compose(authInterceptor(auth), interceptors.redirect({ maxRedirections: 5 }));
}
// #endregion

export async function send(auth: Auth, url: string, body?: string): Promise<number> {
  const dispatcher = dispatcherWith(auth);
  try {
    const options = body === undefined ? {} : { method: "POST" as const, body };
    const response = await request(url, { dispatcher, ...options });
    await response.body.dump();
    return response.statusCode;
  } finally {
    await dispatcher.close();
  }
}
