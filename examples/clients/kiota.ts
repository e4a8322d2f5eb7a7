// kiota: its HTTP client takes a fetch. Its own token provider would send the token wherever no list of hosts forbids it.
import type { Auth } from "@auth/pylon";
import {
  AnonymousAuthenticationProvider,
  HttpMethod,
  RequestInformation,
} from "@microsoft/kiota-abstractions";
import { FetchRequestAdapter, HttpClient, RetryHandlerOptions } from "@microsoft/kiota-http-fetchlibrary";

// #region copy
function kiotaWith(auth: Auth): FetchRequestAdapter {
  const client = new HttpClient((url, init) => auth.fetch(url, init));
  return new FetchRequestAdapter(new AnonymousAuthenticationProvider(), undefined, undefined, client);
}
// #endregion

export async function send(auth: Auth, url: string, body?: string): Promise<number> {
  const request = new RequestInformation(body === undefined ? HttpMethod.GET : HttpMethod.POST);
  request.URL = url;
  request.addRequestOptions([new RetryHandlerOptions({ maxRetries: 0 })]);
  if (body !== undefined) request.setStreamContent(new TextEncoder().encode(body).buffer, "text/plain");
  try {
    await kiotaWith(auth).sendNoResponseContent(request, undefined);
    return 200;
  } catch (error) {
    const { responseStatusCode } = error as { responseStatusCode?: number };
    if (responseStatusCode === undefined) throw error;
    return responseStatusCode;
  }
}
