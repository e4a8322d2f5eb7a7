// An SDK made by Fern (Cohere's): it takes a fetch. Its own Authorization is switched off: a header that the caller sets wins.
import type { Auth } from "@auth/pylon";
import { CohereClient, CohereError } from "cohere-ai";

// #region copy
function cohereWith(auth: Auth, environment: string): CohereClient {
  return new CohereClient({ environment, fetch: auth.fetch, token: () => "" });
}
// #endregion

export async function send(auth: Auth, url: string, _body?: string): Promise<number> {
  try {
    await cohereWith(auth, url).models.list({}, { maxRetries: 0 });
    return 200;
  } catch (error) {
    if (error instanceof CohereError && error.statusCode !== undefined) return error.statusCode;
    throw error;
  }
}
