import type { Protocol } from "./protocol.ts";

/** `{ "token", "expiresAt" }`, as `fromCommand` reads it. `expiresAt` is in milliseconds since the epoch. */
export const jsonHelper: Protocol = async ({ auth }) => {
  const token = await auth.token();
  // What is undefined is left out.
  return JSON.stringify({ token: token.reveal(), expiresAt: token.expiresAt });
};
