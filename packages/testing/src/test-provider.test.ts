import { randomBytes } from "node:crypto";

import {
  basic,
  bearer,
  defineProvider,
  found,
  fromFunction,
  header,
  type Identity,
  oneOf,
  type Provider,
  ownText,
} from "@auth/core";
import { fromCommand } from "@auth/core/node";

import { acme, acmeFacts, acmeWith, identify } from "./fixtures/acme.ts";
import { testProvider } from "./test-provider.ts";

const { identity, answers } = acmeFacts;

// A bearer token in a variable.
testProvider(acme, acmeFacts);

// A header of its own, and the token from a command.
const printed = fromCommand(process.execPath, ["-p", "process.env.ACME_CLI_TOKEN"], {
  env: ["ACME_CLI_TOKEN"],
});
testProvider(acmeWith({ inject: header("x-api-key"), sources: [printed] }, "acme-key"), {
  header: (token) => ["x-api-key", token],
  identity,
  answers,
  arrange: (token) => ({ env: { ACME_CLI_TOKEN: token } }),
});

// Basic authentication.
testProvider(acmeWith({ inject: basic("ada") }, "acme-basic"), {
  ...acmeFacts,
  header: (token) => ["authorization", `Basic ${Buffer.from(`ada:${token}`).toString("base64")}`],
});

// A service that refuses with another status than 401.
testProvider(
  acmeWith(
    { classify: ({ status }) => (status === 400 ? { code: "AUTH_TOKEN_REJECTED" } : {}) },
    "acme-other-status",
  ),
  { ...acmeFacts, answers: { accepted: answers.accepted, rejected: { status: 400, body: "revoked" } } },
);

// A version beside the token, and a second kind of token: in another header, with a fixed
// one of its own, verified at an endpoint of its own.
function identifyKey(body: unknown, { headers }: { readonly headers: Headers }): Identity | undefined {
  const id = ownText(body, "key");
  const scopes = headers.get("acme-scopes")?.split(" ");
  return id === undefined ? undefined : { kind: "key", id, ...(scopes && { scopes }) };
}
const isKey = (token: string): boolean => token.startsWith("key-");
testProvider(
  acmeWith(
    {
      headers: { "acme-version": "2026-11-01" },
      inject: oneOf(
        { key: header("x-api-key", { with: { "acme-beta": "keys" } }), login: bearer() },
        (token) => (isKey(token.reveal()) ? "key" : "login"),
      ),
      verify: (token) =>
        isKey(token.reveal())
          ? { path: "/key", identify: identifyKey }
          : { path: "/me?as=user", headers: { accept: "application/vnd.acme+json" }, identify },
    },
    "acme-kinds",
  ),
  {
    ...acmeFacts,
    headers: { "Acme-Version": "2026-11-01" },
    verifyPath: "/me?as=user",
    verifyHeaders: { Accept: "application/vnd.acme+json" },
    kinds: [
      {
        name: "a key",
        sampleToken: () => `key-canary-acme-${randomBytes(8).toString("hex")}`,
        header: (token) => ["x-api-key", token],
        headers: { "acme-version": "2026-11-01", "acme-beta": "keys" },
        verifyPath: "/key",
        verifyHeaders: {},
        identity: { kind: "key", id: "key-1", scopes: ["read"] },
        answers: { ...answers, accepted: { headers: { "acme-scopes": "read" }, body: { key: "key-1" } } },
      },
    ],
  },
);

// A service that refuses inside a 200.
const refusal = { name: "a scope is missing", status: 200, body: { ok: false, error: "missing_scope" } };
testProvider(
  acmeWith(
    {
      classify({ body }) {
        const error = ownText(body, "error");
        if (error === "invalid_token") return { code: "AUTH_TOKEN_REJECTED" };
        return error === "missing_scope" ? { code: "AUTH_PERMISSION_DENIED" } : {};
      },
    },
    "acme-ok",
  ),
  {
    ...acmeFacts,
    answers: {
      accepted: { body: { ok: true, id: "u-1", name: "Ada" } },
      rejected: { status: 200, body: { ok: false, error: "invalid_token" } },
      others: [{ ...refusal, code: "AUTH_PERMISSION_DENIED" }],
    },
  },
);

interface ClientOptions {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly tokenEndpoint: string;
}

// A token that is given out for a client's credentials, and expires.
const client: Provider<ClientOptions, Identity> = defineProvider({
  specVersion: 1,
  id: "acme-client",
  name: "Acme",
  setup: ({ clientId, clientSecret, tokenEndpoint }: ClientOptions) => ({
    baseUrl: "https://api.acme.example",
    sources: [
      fromFunction("client credentials", async ({ fetch, now, signal }) => {
        const body = new URLSearchParams({ client_id: clientId, client_secret: clientSecret });
        const response = await fetch(tokenEndpoint, { method: "POST", body, signal });
        const answer = (await response.json()) as { access_token: string; expires_in: number };
        return found(answer.access_token, { expiresAt: now() + answer.expires_in * 1000 });
      }),
    ],
    verify: { path: "/me", identify },
  }),
});
const credentials = { clientId: "ada", clientSecret: "canary-acme-client-5b21" };
testProvider(client, {
  header: (token) => ["authorization", `Bearer ${token}`],
  identity,
  answers: { accepted: answers.accepted, rejected: answers.rejected },
  options: (url) => ({ ...credentials, tokenEndpoint: `${url}/oauth/token` }),
  secrets: [credentials.clientSecret],
  routes: ({ path }, token) =>
    path === "/oauth/token" ? { body: { access_token: token, expires_in: 3600 } } : undefined,
});
