import { canary } from "./suite.ts";

/** What the services say that a request carried: the token, or nothing. */
export const carried = { authorization: `Bearer ${canary}`, key: null };
export const bare = { authorization: null, key: null };

export async function echoed(response: Promise<Response>): Promise<unknown> {
  return (await response).json();
}
