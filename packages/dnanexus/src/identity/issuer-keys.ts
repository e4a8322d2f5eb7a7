import { AuthError, ownField, isLoopback } from "@auth/core";
import { callService } from "@auth/core/service";
import type { JWTVerifyGetKey } from "jose";

import { loadJose } from "./load-jose.ts";

/** Where an issuer's keys are, and how to get there. */
export interface KeysPlace {
  readonly issuer: string;
  readonly jwksUrl?: string | undefined;
  readonly fetch?: typeof globalThis.fetch | undefined;
  readonly timeoutMs?: number | undefined;
  readonly now?: (() => number) | undefined;
}

/** Gives the function that finds the key of a token. A discovery that failed is tried again at the next call. */
export type IssuerKeys = () => Promise<JWTVerifyGetKey>;

export function issuerKeys(place: KeysPlace): IssuerKeys {
  let found: Promise<JWTVerifyGetKey> | undefined;
  return () =>
    (found ??= findKeys(place).catch((error: unknown) => {
      found = undefined;
      throw error;
    }));
}

async function findKeys(place: KeysPlace): Promise<JWTVerifyGetKey> {
  const { createRemoteJWKSet, customFetch } = await loadJose();
  const url = place.jwksUrl === undefined ? await discover(place) : checked(place.jwksUrl, "jwksUrl");
  return createRemoteJWKSet(url, {
    // callService keeps the time.
    timeoutDuration: 2_147_483_647,
    [customFetch]: async () => Response.json(await read(url, place)),
  });
}

/** @see https://openid.net/specs/openid-connect-discovery-1_0.html section 4 */
async function discover(place: KeysPlace): Promise<URL> {
  const { issuer } = place;
  const { href } = checked(issuer, "issuer");
  const document = await read(new URL(`${href.replace(/\/$/, "")}/.well-known/openid-configuration`), place);
  const named = ownField(document, "jwks_uri");
  if (ownField(document, "issuer") !== issuer || typeof named !== "string") {
    throw new AuthError("AUTH_RESPONSE_MALFORMED", {
      provider: "dnanexus",
      message: `The discovery document of ${issuer} names another issuer, or no keys.`,
      remedy: "Check that the option issuer is what stands in the document, to the letter.",
    });
  }
  return checked(named, "jwks_uri of the issuer");
}

// Who can change the keys on the way can sign anything.
function checked(text: string, name: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isSafe = url?.protocol === "https:" || (url?.protocol === "http:" && isLoopback(url.hostname));
  if (url !== undefined && isSafe && url.username === "" && url.password === "") return url;
  throw new AuthError("AUTH_PROVIDER_INVALID", {
    provider: "dnanexus",
    message: `The ${name} is not an https URL.`,
    remedy: `Give an https URL as ${name}; plain http is for loopback alone.`,
  });
}

async function read(url: URL, { fetch, timeoutMs = 10_000, now }: KeysPlace): Promise<unknown> {
  const { body } = await callService({
    provider: { id: "dnanexus", name: `The issuer of identity tokens (${url.pathname})` },
    origins: [url.origin],
    url: url.href,
    method: "GET",
    subject: "the identity token",
    server: { name: "issuer of identity tokens", option: "issuer" },
    secrets: [],
    fetch,
    timeoutMs,
    now,
    // The keys alone were asked for, so that no answer is about the token.
    classify: ({ status }) =>
      status === 429
        ? {}
        : {
            code: "AUTH_UNREACHABLE",
            remedy: "Try again later, and check the options issuer and jwksUrl; the token may be good.",
          },
  });
  return body;
}
