import { apiTokenSource } from "./from-api-token.ts";
import { savedHeaderSource } from "./saved-zcli-login.ts";

/**
 * How a token is sent. `bearer`: an OAuth access token. `basic`: an API token, with its user's email. `saved`: what ZCLI kept
 * before it had OAuth, which is the finished value.
 */
export type TokenForm = "bearer" | "basic" | "saved";

/**
 * The form of a token by where it comes from; nothing in it tells. A token of the caller's own is an API token where the option
 * `email` says whose.
 */
export function formOf(source: string, hasEmailOption: boolean): TokenForm {
  if (source === apiTokenSource) return "basic";
  if (source.startsWith(savedHeaderSource)) return "saved";
  return hasEmailOption && !/^(?:env ZENDESK_OAUTH_TOKEN$|token rotation|zcli login |login )/.test(source)
    ? "basic"
    : "bearer";
}
