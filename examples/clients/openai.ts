// OpenAI's SDK takes a fetch. Its own Authorization is switched off: a header that the caller sets wins over the auth's.
import type { Auth } from "@auth/pylon";
import OpenAI, { APIError } from "openai";

// #region copy
function openaiWith(auth: Auth, baseURL: string): OpenAI {
  return new OpenAI({
    baseURL,
    fetch: auth.fetch,
    apiKey: "unused",
    defaultHeaders: { authorization: null },
  });
}
// #endregion

export async function send(auth: Auth, url: string, body?: string): Promise<number> {
  const client = openaiWith(auth, url);
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
