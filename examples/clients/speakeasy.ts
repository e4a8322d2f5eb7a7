// An SDK made by Speakeasy (Mistral's): its HTTP client takes a fetcher.
import type { Auth } from "@auth/pylon";
import { HTTPClient, Mistral } from "@mistralai/mistralai";

// #region copy
function mistralWith(auth: Auth, serverURL: string): Mistral {
  return new Mistral({ serverURL, httpClient: new HTTPClient({ fetcher: auth.fetch }) });
}
// #endregion

export async function send(auth: Auth, url: string, _body?: string): Promise<number> {
  try {
    await mistralWith(auth, url).models.list({}, { retries: { strategy: "none" } });
    return 200;
  } catch (error) {
    const { statusCode } = error as { statusCode?: number };
    if (statusCode === undefined) throw error;
    return statusCode;
  }
}
