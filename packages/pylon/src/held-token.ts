import { found, type Token, type TokenSource } from "@auth/core";

/** The source of a token that was found already, under the name of where it was. */
export function heldToken(token: Token): TokenSource {
  return { name: token.source, resolve: () => found(token.reveal()) };
}
