import process from "node:process";

import {
  type AuthOptions,
  broken,
  defineProvider,
  type Environment,
  field,
  type Identity,
  isLoopback,
  type Provider,
  type ProviderSetup,
  type SetupContext,
} from "@auth/core";

import { type ApiServer, apiServer } from "./config/api-server.ts";
import { classify } from "./service/classify.ts";
import type { ConfigPlace } from "./config/config-layer.ts";
import { configPlaces, type Machine, thisMachine } from "./config/config-places.ts";
import { expectedToken, isGiven } from "./config/expected-token.ts";
import { currentJob, isRealJob, type JobEnvironment, jobEnvironment } from "./job/job-environment.ts";
import { type JobLookup, keepingSettings } from "./auth-settings.ts";
import { isPrivateHost } from "./config/private-host.ts";
import { retryAfterMsOf, retryDelayMs } from "./service/retry-delay.ts";
import { setupWarnings } from "./config/config-warnings.ts";
import { jobOfSource, tokenSources } from "./config/token-sources.ts";
import {
  type TokenVariable,
  tokenVariables,
  unreadVariables,
  unreadWarnings,
} from "./config/variable-place.ts";

/** Options of {@link dnanexus}. */
export interface DNAnexusOptions extends AuthOptions {
  /**
   * Whether the login of the terminal that the program runs in comes before the user's: the toolkit keeps one for each
   * terminal. Default: `true`.
   */
  readonly sessions?: boolean | undefined;
  /**
   * Variables of other programs to look for a token in as well, behind `DX_SECURITY_CONTEXT` and in this order:
   * `DX_API_TOKEN`, `DX_AUTH_TOKEN`. Default: none.
   */
  readonly alsoRead?: readonly TokenVariable[] | undefined;
}

/** The user whom a token speaks for. A job's token speaks for the user who launched the job. */
export interface DNAnexusIdentity extends Identity {
  readonly kind: "user";
  /** `user-…` */
  readonly id: string;
  /** The job that the token was derived for. Absent for every other token. */
  readonly job?: JobEnvironment;
}

/**
 * DNAnexus: the token that its toolkit, `dx`, would use. After the option `token`, the environment variable
 * `DX_SECURITY_CONTEXT` is looked at, then the login saved for this terminal, for this user, and for the machine. The
 * server's address comes from the same places; the default is `https://api.dnanexus.com`.
 *
 * Reading any property of the auth throws an `AuthError`: `AUTH_TOKEN_SOURCE_FAILED` when the address would come from a
 * file that is broken, `AUTH_PROVIDER_INVALID` when it is none.
 *
 * @see https://documentation.dnanexus.com/user/login-and-logout (read 2026-11)
 */
export const dnanexus: Provider<DNAnexusOptions, DNAnexusIdentity> = dnanexusOn(thisMachine);

/** The provider as it is on a machine. */
export function dnanexusOn(machine: Machine): Provider<DNAnexusOptions, DNAnexusIdentity> {
  return keepingSettings(
    defineProvider({
      specVersion: 1,
      id: "dnanexus",
      name: "DNAnexus",
      tokenUrl: "https://platform.dnanexus.com/",
      setup: (options: DNAnexusOptions, context) => setup(options, context, machine),
    }),
    (options) => jobLookup(options, machine),
  );
}

function jobLookup(options: DNAnexusOptions, machine: Machine): JobLookup {
  const { env = process.env, sessions, alsoRead = [], token } = options;
  const places = (): readonly ConfigPlace[] =>
    configPlaces(env, machine, { sessions: sessions !== false, alsoRead });
  return {
    // A token that the program brings comes from no place.
    current: () => (isGiven(token) ? jobEnvironment(env) : currentJob(places())),
    ofSource: (source) => jobOfSource(source, places()),
  };
}

function setup(
  options: DNAnexusOptions,
  { env }: SetupContext,
  machine: Machine,
): ProviderSetup<DNAnexusIdentity> {
  const alsoRead = options.alsoRead ?? [];
  if (!Array.isArray(alsoRead) || !alsoRead.every((name) => tokenVariables.includes(name)))
    throw broken(
      "alsoRead names another variable",
      `Name some of ${tokenVariables.join(" and ")} in a list.`,
    );
  const places = configPlaces(env, machine, { sessions: options.sessions !== false, alsoRead });
  const layers = places.map((place) => place.read());
  const server = options.baseUrl === undefined ? apiServer(layers) : undefined;
  const token = expectedToken(options.token, layers);
  if (server !== undefined && options.allowInsecureHttp !== true) refusePlainHttp(server, env);
  const ofSource = (source: string): JobEnvironment | undefined => jobOfSource(source, places);
  // A program that brings its own token and address is in no job as far as they go.
  const isBrought = server === undefined && token !== undefined && token.place === undefined;

  return {
    baseUrl: server?.baseUrl ?? options.baseUrl ?? "",
    sources: tokenSources(places, () => unreadVariables(env, alsoRead)),
    verify: {
      method: "POST",
      path: "/system/whoami",
      body: {},
      identify: (body, { source }) => identify(body, ofSource(source)),
    },
    classify: (answer) => ({
      ...classify(answer, ofSource(answer.source)),
      retryAfterMs: retryAfterMsOf(answer.headers),
    }),
    requestIdHeader: "x-request-id",
    retryDelayMs: (failed) => retryDelayMs(failed),
    insecureOrigins: server !== undefined && isGivenByPlatform(server, env) ? [server.baseUrl] : [],
    warnings: [
      ...setupWarnings({ layers, server, token, job: isBrought ? undefined : currentJob(places) }),
      ...unreadWarnings(unreadVariables(env, alsoRead)),
    ],
  };
}

function identify(body: unknown, job: JobEnvironment | undefined): DNAnexusIdentity | undefined {
  const id = field(body, "id");
  if (typeof id !== "string" || !/^user-[\u0021-\u007E]+$/.test(id)) return undefined;
  return { kind: "user", id, ...(job !== undefined && { job }) };
}

// Core refuses it too, without knowing who wanted it.
function refusePlainHttp(server: ApiServer, env: Environment): void {
  if (!server.plainHttp || isGivenByPlatform(server, env) || isLoopback(new URL(server.baseUrl).hostname))
    return;
  throw broken(
    `${server.protocolName} makes the server's address ${server.baseUrl} plain http, which shows the token to everyone on the way`,
    "Set DX_APISERVER_PROTOCOL to https there, or take it out.",
  );
}

// Inside a job the platform may give a private address with plain http. A file gives none: it can come from elsewhere.
function isGivenByPlatform(server: ApiServer, env: Environment): boolean {
  const { hostname } = new URL(server.baseUrl);
  return server.plainHttp && server.fromEnvironment && isPrivateHost(hostname) && isRealJob(env);
}
