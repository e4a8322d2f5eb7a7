import { ownField, ownText } from "@auth/core";
import type { LoopbackAnswer, LoopbackRequest } from "@auth/testing/loopback";

import type { KnownToken, TokenTable } from "./token-table.ts";

/** What a device code has come to. */
export type DeviceState = "pending" | "slow-down" | "allowed" | "denied" | "expired";

export interface HubOAuthOptions {
  readonly tokens: TokenTable;
  /** Whom the tokens that it gives out stand for. */
  readonly owner: KnownToken;
  /** Identity tokens of trusted publishers, with the resource that each may ask for. */
  readonly idTokens: ReadonlyMap<string, string>;
  /** Refresh tokens that are good. */
  readonly refreshTokens: Set<string>;
  readonly device: () => DeviceState;
  readonly now: () => number;
}

const exchangeGrant = "urn:ietf:params:oauth:grant-type:token-exchange";
const deviceGrant = "urn:ietf:params:oauth:grant-type:device_code";

/** `POST /oauth/device` and `POST /oauth/token`. A form, or JSON for a trusted publisher. */
export function createHubOAuth(options: HubOAuthOptions): (request: LoopbackRequest) => LoopbackAnswer {
  const { tokens, owner, idTokens, refreshTokens, device, now } = options;

  const refused = (error: string): LoopbackAnswer => ({
    status: 400,
    body: { error, error_description: `${error}.` },
  });

  function issue(prefix: string, seconds: number, more: object = {}): LoopbackAnswer {
    const token = `${prefix}${crypto.randomUUID().replaceAll("-", "")}`;
    tokens.set(token, { ...owner, oauth: true, expiresAt: now() + seconds * 1000 });
    return { body: { access_token: token, token_type: "bearer", expires_in: seconds, ...more } };
  }

  function withRefresh(): LoopbackAnswer {
    const refresh = `hf_refresh_${crypto.randomUUID()}`;
    refreshTokens.add(refresh);
    return issue("hf_oauth_", 2_592_000, { refresh_token: refresh, scope: "openid profile" });
  }

  function exchange(body: unknown): LoopbackAnswer {
    const resource = ownText(body, "resource");
    const subject = ownText(body, "subject_token");
    const type = ownText(body, "subject_token_type");
    if (
      resource === undefined ||
      subject === undefined ||
      type !== "urn:ietf:params:oauth:token-type:id_token"
    )
      return refused("invalid_request");
    if (idTokens.get(subject) !== resource) return refused("invalid_grant");
    const issued = { issued_token_type: "urn:ietf:params:oauth:token-type:access_token" };
    // A repository has a namespace; a user has none.
    return issue(resource.includes("/") ? "hf_jwt_" : "hf_oauth_", 3600, issued);
  }

  return (request) => {
    const isJson = (request.headers["content-type"] ?? "").startsWith("application/json");
    const json = isJson ? parsed(request.body) : undefined;
    const form = isJson ? new URLSearchParams() : new URLSearchParams(request.body);
    const asked = (name: string): string | undefined =>
      ownText(json, name) ?? form.get(name)?.trim() ?? undefined;
    if (request.path === "/oauth/device")
      return asked("client_id") === undefined
        ? refused("invalid_client")
        : {
            body: {
              device_code: "device-code-example",
              user_code: "WDJB-MJHT",
              verification_uri: "https://hf.co/oauth/device",
              expires_in: 900,
            },
          };
    const grant = asked("grant_type");
    if (grant === exchangeGrant) return isJson ? exchange(json) : refused("invalid_request");
    if (grant === "refresh_token") {
      const used = refreshTokens.delete(asked("refresh_token") ?? "");
      return used ? withRefresh() : refused("invalid_grant");
    }
    if (grant !== deviceGrant) return refused("unsupported_grant_type");
    if (asked("device_code") !== "device-code-example") return refused("expired_token");
    const words = {
      pending: "authorization_pending",
      "slow-down": "slow_down",
      denied: "access_denied",
      expired: "expired_token",
    };
    const state = device();
    return state === "allowed" ? withRefresh() : refused(words[state]);
  };
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** Where a job of GitHub Actions gets its identity token: `?audience=…`, with the job's own token. */
export function answerAsGitHub(
  request: LoopbackRequest,
  requestToken: string,
  idToken: string,
): LoopbackAnswer {
  const { searchParams } = new URL(request.url, "http://localhost");
  if (request.headers.authorization !== `Bearer ${requestToken}`)
    return { status: 401, body: { message: "No" } };
  if (!searchParams.has("audience")) return { status: 400, body: { message: "No audience" } };
  return { body: { value: idToken, count: idToken.length } };
}

/** What a request's JSON lines say of the files that a commit adds. */
export function committedFiles(body: string): readonly { readonly path: string; readonly text: string }[] {
  return body.split("\n").flatMap((line) => {
    const operation = parsed(line);
    const value = ownField(operation, "value");
    const path = ownText(value, "path");
    if (ownText(operation, "key") !== "file" || path === undefined) return [];
    const content = ownText(value, "content") ?? "";
    const isBase64 = ownText(value, "encoding") === "base64";
    return { path, text: isBase64 ? Buffer.from(content, "base64").toString("utf8") : content };
  });
}
