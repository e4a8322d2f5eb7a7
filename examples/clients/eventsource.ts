// eventsource takes a fetch. A stream keeps the token that it was opened with.
import type { Auth } from "@auth/pylon";
import { EventSource } from "eventsource";

// #region copy
function eventSourceWith(auth: Auth, url: string): EventSource {
  return new EventSource(url, { fetch: auth.fetch });
}
// #endregion

export async function send(auth: Auth, url: string, _body?: string): Promise<number> {
  const source = eventSourceWith(auth, url);
  return new Promise((resolve) => {
    source.addEventListener("open", () => {
      source.close();
      resolve(200);
    });
    source.addEventListener("error", ({ code }) => {
      source.close();
      resolve(code ?? 0);
    });
  });
}
