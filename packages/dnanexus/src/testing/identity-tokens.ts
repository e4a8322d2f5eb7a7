import { generateKeyPairSync, type KeyObject, randomBytes, randomUUID, sign } from "node:crypto";

/** How long an identity token lives. Seconds. */
const lifeSeconds = 300;

/** What the service signs identity tokens with, and what it publishes of that. */
export interface IdentityTokens {
  /** A compact JWS, RS256, for these claims beside the issuer, the times and the token's id. */
  issue(claims: Readonly<Record<string, unknown>>): string;
  /** The public document at a path; `undefined` where there is none. */
  document(path: string): object | undefined;
  /** Signs with a new key from here on. The one before is no longer published. */
  rotateKey(): void;
}

/** Names that `subject_claims` may have, as the service's discovery document lists them. */
export const jobClaims: readonly string[] = [
  "job_id",
  "root_execution_id",
  "root_executable_id",
  "root_executable_name",
  "root_executable_version",
  "executable_id",
  "app_name",
  "app_version",
  "project_id",
  "bill_to",
  "launched_by",
  "region",
  "job_worker_ipv4",
  "job_worker_ipv6",
  "job_try",
];

export function createIdentityTokens(facts: {
  /** Read at each use: a server knows its own address only when it listens. */
  readonly issuer: () => string;
  readonly url: () => string;
  readonly now: () => number;
}): IdentityTokens {
  let key: SigningKey | undefined;
  // Making a key takes a while, and most tests need none.
  const signingKey = (): SigningKey => (key ??= createKey());

  return {
    issue(claims) {
      const { kid, privateKey } = signingKey();
      const issuedAt = Math.floor(facts.now() / 1000);
      const times = { iat: issuedAt, nbf: issuedAt, exp: issuedAt + lifeSeconds };
      const payload = { iss: facts.issuer(), ...claims, ...times, jti: randomUUID() };
      const signed = `${encode({ alg: "RS256", typ: "JWT", kid })}.${encode(payload)}`;
      return `${signed}.${sign("RSA-SHA256", Buffer.from(signed), privateKey).toString("base64url")}`;
    },
    document(path) {
      if (path === "/.well-known/openid-configuration") return discovery(facts.issuer(), facts.url());
      if (path !== "/.well-known/jwks") return undefined;
      const { kid, publicKey } = signingKey();
      const { kty, n, e } = publicKey.export({ format: "jwk" });
      return { keys: [{ kty, n, e, kid, alg: "RS256", use: "sig" }] };
    },
    rotateKey() {
      key = undefined;
    },
  };
}

interface SigningKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

function createKey(): SigningKey {
  return { kid: randomBytes(8).toString("hex"), ...generateKeyPairSync("rsa", { modulusLength: 2048 }) };
}

// The keys are here, whoever the issuer says that it is.
function discovery(issuer: string, url: string): object {
  return {
    issuer,
    jwks_uri: `${url}/.well-known/jwks`,
    response_types_supported: ["id_token"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ["RS256"],
    scopes_supported: ["openid"],
    claims_supported: ["sub", "aud", "exp", "iat", "iss", "jti", "nbf", ...jobClaims],
  };
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString("base64url");
}
