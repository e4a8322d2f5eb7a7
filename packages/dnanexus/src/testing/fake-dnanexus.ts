import {
  createAnswerScript,
  type LoopbackAnswer,
  type LoopbackRequest,
  startLoopbackServer,
} from "@auth/testing/loopback";

import { answerCall, type Service } from "./answer-call.ts";
import { createAuthorizationCodes } from "./authorization-codes.ts";
import { type Certificate, selfSignedCertificate } from "./certificate.ts";
import { corsHeaders } from "./cors.ts";
import { createDirectory, type FakeProject, type FakeUser } from "./directory.ts";
import { clientEnvironment, type LaunchedJob, launchJob } from "./environment.ts";
import { createIdentityTokens } from "./identity-tokens.ts";
import { createLockout, type FakeLockout } from "./lockout.ts";
import type { ConsentRequest, FakeClient } from "./oauth-routes.ts";
import type { ScriptedAnswer } from "./script.ts";
import { createTokenStore, type FakeToken, signatureOf, type StoredToken, userIdOf } from "./token-store.ts";

/** What the service knows when it starts. */
export interface FakeDNAnexusOptions {
  /** Tokens that the service knows, and what of them; a text is the user's handle. Default: none. */
  readonly tokens?: Readonly<Record<string, FakeToken | string>>;
  /** Users by handle. Those that tokens speak for are known without being named here. */
  readonly users?: Readonly<Record<string, FakeUser>>;
  readonly projects?: readonly FakeProject[];
  /** `iss` of the identity tokens. Default: the fake's own address. The keys are at its own address in any case. */
  readonly identityIssuer?: string;
  /** Programs that are registered for OAuth2, by id. Default: none. */
  readonly clients?: Readonly<Record<string, FakeClient>>;
  /** Who sits at the browser and agrees to such a login, a handle; `undefined`: they refuse. Default: `alice`. */
  readonly consent?: (request: ConsentRequest) => string | undefined;
  /** When an account is closed to logins. Default: after 10 wrong passwords or codes in a row, for 15 minutes. */
  readonly lockout?: FakeLockout;
  /** The service's clock. Milliseconds since the epoch. Default: `Date.now`. */
  readonly now?: () => number;
  /**
   * Makes it an https server, for `dx login --token`: `true` with a certificate of its own, else with this one, both in
   * PEM, which has to name `IP:127.0.0.1`. Default: plain http.
   */
  readonly tls?: true | Certificate;
}

/** A DNAnexus on loopback: API server and auth server on one address. */
export interface FakeDNAnexus {
  /** `http://127.0.0.1:<port>`, with `tls` `https://…` */
  readonly url: string;
  /** With `tls`: the certificate that a client has to trust, in PEM. For the toolkit, a file that `DX_CA_CERT` names. */
  readonly certificate?: string;
  /** Every request so far, with its headers: the tokens in them are real to this service. */
  readonly requests: readonly LoopbackRequest[];
  /** The tokens that are known now, by signature. */
  readonly tokens: () => readonly StoredToken[];
  /** Adds a token, or changes what it stands for. A text is the user's handle. */
  readonly addToken: (token: string, facts: FakeToken | string) => void;
  /** Ends a token and those derived from it, as when it is revoked on the web page. */
  readonly revokeToken: (token: string) => void;
  /**
   * Answers the next requests for a path, each answer as often as it says. A route also counts as a path, with `*` for
   * the rest of an object's id.
   */
  readonly script: (path: string, ...answers: readonly ScriptedAnswer[]) => void;
  /** The variables for a client: server addresses, and a login if a token is given. */
  readonly environment: (token?: string) => Record<string, string>;
  /** Launches a job and gives the variables that it would see, its own narrower token among them. */
  readonly jobEnvironment: (job?: LaunchedJob) => Record<string, string>;
  /** Signs identity tokens with a new key from here on; the one before is no longer published. */
  readonly rotateIdentityKey: () => void;
  /** Ends all connections and frees the port. */
  readonly close: () => Promise<void>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
}

/**
 * Starts the service on a free port of the loopback interface. Statuses, messages, headers and the order of checks are
 * those that the real one is known to have. `await using` closes it at the end of the block.
 *
 * @see https://documentation.dnanexus.com/developer/api/protocols (read 2026-11)
 */
export async function startFakeDNAnexus(options: FakeDNAnexusOptions = {}): Promise<FakeDNAnexus> {
  const { tokens = {}, users = {}, projects = [], now = Date.now } = options;
  const service: Service = {
    store: createTokenStore(),
    directory: createDirectory(users, projects),
    identity: createIdentityTokens({
      issuer: () => options.identityIssuer ?? server.url,
      url: () => server.url,
      now,
    }),
    script: createAnswerScript(),
    oauth: {
      clients: new Map(Object.entries(options.clients ?? {})),
      consent: options.consent ?? (() => "alice"),
      codes: createAuthorizationCodes(now),
    },
    lockout: createLockout(options.lockout ?? { attempts: 10, durationMs: 900_000 }, now),
    now,
  };
  const { store, directory, script } = service;
  const addToken = (token: string, given: FakeToken | string): void => {
    const facts = typeof given === "string" ? { user: given } : given;
    directory.addUser(facts.user);
    store.add(token, facts);
    if (facts.job !== undefined)
      directory.jobs.set(facts.job.id, { ...facts.job, launchedBy: userIdOf(facts.user) });
  };
  for (const [token, facts] of Object.entries(tokens)) addToken(token, facts);

  let answered = 0;
  const answerRequest = (request: LoopbackRequest): LoopbackAnswer => {
    const { headers, ...answer } = answerCall(request, service);
    answered += 1;
    return { ...answer, headers: { ...commonHeaders(request, requestId(now(), answered)), ...headers } };
  };
  const tls = options.tls === true ? selfSignedCertificate() : options.tls;
  const server = await startLoopbackServer(answerRequest, tls === undefined ? {} : { tls });

  const { url, requests } = server;
  return {
    url,
    ...(tls !== undefined && { certificate: tls.cert }),
    requests,
    tokens: () => store.list(),
    addToken,
    revokeToken: (token) => store.destroy(signatureOf(token)),
    script: (path, ...answers) => script.add(path, answers),
    environment: (token) => clientEnvironment(url, token),
    jobEnvironment(wanted = {}) {
      const { environment, job } = launchJob(url, wanted, store, directory.jobs);
      directory.addUser(job.launchedBy);
      directory.jobs.set(job.id, { ...job, createdAt: Math.trunc(now()) });
      return environment;
    },
    rotateIdentityKey: () => service.identity.rotateKey(),
    close: () => server.close(),
    [Symbol.asyncDispose]: () => server.close(),
  };
}

/** What the service's own answers carry. A script's headers win. */
function commonHeaders(request: LoopbackRequest, id: string): Readonly<Record<string, string>> {
  const version = request.headers["dnanexus-api"];
  return {
    "content-type": "application/json",
    "x-content-type-options": "nosniff",
    "x-request-id": id,
    ...(typeof version === "string" && { "dnanexus-api": version }),
    ...corsHeaders(request),
  };
}

/** 13 digits of milliseconds, a hyphen, and a counter of up to 6 digits. */
function requestId(at: number, count: number): string {
  return `${String(Math.trunc(at)).padStart(13, "0").slice(-13)}-${count % 1_000_000}`;
}
