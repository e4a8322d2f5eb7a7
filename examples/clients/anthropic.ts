// Anthropic's SDK takes a fetch. Its own headers for a key are switched off: a header that the caller sets wins over the auth's.
import type { Auth } from "@auth/pylon";
import Anthropic, { APIError } from "@anthropic-ai/sdk";

// #region copy
function anthropicWith(auth: Auth, baseURL: string): Anthropic {
  const own = { "x-api-key": null, authorization: null };
  return new Anthropic({
    baseURL,
    fetch: auth.fetch,
    apiKey: "unused",
    authToken: null,
    defaultHeaders: own,
  });
}
// #endregion

export async function send(auth: Auth, url: string, body?: string): Promise<number> {
  const client = anthropicWith(auth, url);
  try {
    const options = { maxRetries: 0 };
    await (body === undefined
      ? client.get("/things", options)
      : client.post("/things", { ...options, body: { body } }));
    return 200;
  } catch (error) {
    if (error instanceof APIError && typeof error.status === "number") return error.status;
    throw error;
  }
}
