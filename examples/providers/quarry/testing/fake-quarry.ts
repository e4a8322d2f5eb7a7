import {
  type LoopbackAnswer,
  type LoopbackRequest,
  type LoopbackServer,
  startLoopbackServer,
} from "@auth/testing/loopback";

export interface FakeQuarryOptions {
  readonly clientId: string;
  readonly clientSecret: string;
  /** The access tokens that it gives out, one after the other. */
  readonly tokens: readonly string[];
  /** Seconds. Default: 1800. */
  readonly lifetime?: number;
}

/** Quarry on loopback. */
export interface FakeQuarry extends LoopbackServer {
  /** Set this, and the token endpoint answers so. */
  outage: LoopbackAnswer | undefined;
  /** How often a token was asked for. */
  readonly grants: () => number;
}

/** Starts Quarry with one client. */
export async function startFakeQuarry(options: FakeQuarryOptions): Promise<FakeQuarry> {
  const waiting = [...options.tokens];
  const server = await startLoopbackServer((request): LoopbackAnswer => {
    if (request.path === "/oauth/token") return fake.outage ?? tokenAnswer(options, waiting, request);
    const [, sent = ""] = /^Bearer (\S+)$/.exec(request.headers.authorization ?? "") ?? [];
    if (!options.tokens.includes(sent))
      return { status: 401, body: { error: "invalid_token", message: "This access token is not known." } };
    if (request.path === "/v1/me")
      return { body: { client: { id: "cl_9", name: "nightly export" }, workspace: "ws_2" } };
    return { body: { tables: ["orders"] } };
  });
  const fake: FakeQuarry = Object.assign(server, {
    outage: undefined,
    grants: () => server.requests.filter(({ path }) => path === "/oauth/token").length,
  });
  return fake;
}

/** What the token endpoint answers. */
export function tokenAnswer(
  { clientId, clientSecret, lifetime = 1_800 }: Omit<FakeQuarryOptions, "tokens">,
  waiting: string[],
  { method, headers, body }: LoopbackRequest,
): LoopbackAnswer {
  if (credentialsOf(headers.authorization) !== `${clientId}:${clientSecret}`)
    return { status: 401, body: { error: "invalid_client" } };
  const grantType = new URLSearchParams(body).get("grant_type");
  if (method !== "POST" || grantType !== "client_credentials")
    return { status: 400, body: { error: "unsupported_grant_type" } };
  const token = waiting.shift();
  if (token === undefined) return { status: 400, body: { error: "unauthorized_client" } };
  return { body: { access_token: token, token_type: "Bearer", expires_in: lifetime } };
}

/** Both are form-encoded before they are joined (RFC 6749, section 2.3.1). */
function credentialsOf(authorization = ""): string {
  const joined = Buffer.from(authorization.replace(/^Basic /, ""), "base64").toString();
  return joined
    .split(":")
    .map((part) => decodeURIComponent(part.replaceAll("+", " ")))
    .join(":");
}
