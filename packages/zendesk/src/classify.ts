import { type Classification, ownField, isJsonObject, type ServiceAnswer, ownText } from "@auth/core";

import type { TokenForm } from "./token-form.ts";
import { isAnonymous } from "./zendesk-identity.ts";

/** What the meaning of an answer depends on, besides the answer. */
export interface Asked {
  /** The form in which the token of a source is sent. */
  readonly formOf: (source: string) => TokenForm;
}

/**
 * What Zendesk means by an answer. `error` in the body is sometimes a text and sometimes an object; it is shown, and the status
 * decides. A 200 for the anonymous user is what Zendesk answers to a token that it does not know.
 *
 * @see https://developer.zendesk.com/api-reference/introduction/security-and-auth/ (read 2026-11)
 */
export function classify(answer: ServiceAnswer, { formOf }: Asked): Classification {
  const { status, body, source } = answer;
  const requestId = requestIdOf(answer.headers);
  const facts = requestId === undefined ? {} : { requestId };
  if (status >= 200 && status < 300) {
    if (!isAnonymous(body)) return {};
    return {
      ...facts,
      code: "AUTH_TOKEN_REJECTED",
      reason: "it answered as to the anonymous user",
      remedy: remedyFor(source, formOf),
    };
  }
  const said = { ...facts, reason: reasonOf(body) };
  if (status === 401) return { ...said, code: "AUTH_TOKEN_REJECTED", remedy: remedyFor(source, formOf) };
  if (status === 404 && isJsonObject(ownField(body, "error"))) {
    return {
      ...said,
      code: "AUTH_RESPONSE_MALFORMED",
      remedy: "Check the subdomain: the option subdomain, or ZENDESK_SUBDOMAIN.",
    };
  }
  return said;
}

function remedyFor(source: string, formOf: Asked["formOf"]): string {
  return source.startsWith("zcli login") ? "Run zcli login." : remedies[formOf(source)];
}

// No API token can be made since October 2026, so that none is ever asked for.
const oauthToken = "an OAuth access token of this account";
const remedies: Readonly<Record<TokenForm, string>> = {
  bearer: `Put ${oauthToken} in its place; an API token needs its user's email beside it: the option email, or ZENDESK_API_TOKEN with ZENDESK_EMAIL.`,
  basic: `Check the email, and put ${oauthToken} in ZENDESK_OAUTH_TOKEN: API tokens can no longer be made, and end on 2027-04-30.`,
  saved: "Run zcli login.",
};

/** Zendesk's words: a text with a description, or an object with a title and a message. */
function reasonOf(body: unknown): string | undefined {
  const error = ownField(body, "error");
  const told = [
    ownText(body, "error_description"),
    ownText(body, "description"),
    ownText(error, "message"),
    ownText(error, "title"),
    ownText(body, "error"),
  ];
  return told.find((text) => text !== undefined);
}

/** Zendesk's documentation has one header for the id; what was recorded has another one, twice. The second is read here. */
function requestIdOf(headers: Headers): string | undefined {
  const [first] = headers.get("x-request-id")?.split(",") ?? [];
  return first?.trim() || undefined;
}
