import {
  type AuthOptions,
  failed,
  defineProvider,
  type Environment,
  ownField,
  type Identity,
  isLoopback,
  type Provider,
  type ProviderSetup,
} from "@auth/core";

import { keepingSettings } from "./auth-settings.ts";
import { type ApiServer, apiServer } from "./config/api-server.ts";
import type { ConfigLayer } from "./config/config-layer.ts";
import { configPlaces, type Machine, thisMachine } from "./config/config-places.ts";
import { configWarnings, isGiven } from "./config/config-warnings.ts";
import { isPrivateHost } from "./config/private-host.ts";
import { jobOfSource, type Look, tokenSources } from "./config/token-sources.ts";
import {
  type TokenVariable,
  tokenVariables,
  unreadVariables,
  unreadWarnings,
} from "./config/environment-place.ts";
import { currentJob, isRealJob, type JobEnvironment, jobEnvironment } from "./job/job-environment.ts";
import { classify } from "./service/classify.ts";
import { dnanexusApi } from "./service/dnanexus-api.ts";
import { process } from "./platform.ts";

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

/** The provider as it is on a machine. Each search for a token is a new look at it. */
export function dnanexusOn(machine: Machine): Provider<DNAnexusOptions, DNAnexusIdentity> {
  return dnanexusAt((env, options) => {
    const places = configPlaces(env, machine, options);
    return () => places.map((place) => place.read());
  });
}

/** The provider as one look at the machine showed it: neither the address nor the token changes afterwards. */
export function dnanexusAsSeen(layers: readonly ConfigLayer[]): Provider<DNAnexusOptions, DNAnexusIdentity> {
  return dnanexusAt(() => () => layers);
}

function dnanexusAt(
  lookWith: (env: Environment, options: DNAnexusOptions) => Look,
): Provider<DNAnexusOptions, DNAnexusIdentity> {
  const provider = defineProvider({
    specVersion: 1,
    id: "dnanexus",
    name: "DNAnexus",
    tokenUrl: "https://platform.dnanexus.com/",
    setup: (options: DNAnexusOptions, { env }) => setup(options, env, lookWith),
  });
  return keepingSettings(provider, (options) => {
    const { env = process.env, fetch, now, token } = options;
    return {
      env,
      fetch,
      now,
      // A token that the program brings comes from no place.
      job: () => (isGiven(token) ? jobEnvironment(env) : currentJob(lookWith(env, options)())),
    };
  });
}

function setup(
  options: DNAnexusOptions,
  env: Environment,
  lookWith: (env: Environment, options: DNAnexusOptions) => Look,
): ProviderSetup<DNAnexusIdentity> {
  const alsoRead = options.alsoRead ?? [];
  if (!Array.isArray(alsoRead) || !alsoRead.every((name) => tokenVariables.includes(name)))
    throw failed(
      "alsoRead names another variable",
      `Name some of ${tokenVariables.join(" and ")} in a list.`,
    );
  const look = lookWith(env, options);
  const layers = look();
  const server = options.baseUrl === undefined ? apiServer(layers) : undefined;
  const isVouched = server !== undefined && isGivenByPlatform(server, env);
  if (server !== undefined && !isVouched && options.allowInsecureHttp !== true) refusePlainHttp(server);
  const unread = (): readonly TokenVariable[] => unreadVariables(env, alsoRead);
  const jobOf = (source: string): JobEnvironment | undefined => jobOfSource(source, look());

  return {
    baseUrl: server?.baseUrl ?? options.baseUrl ?? "",
    sources: tokenSources(look, unread),
    verify: {
      method: "POST",
      path: "/system/whoami",
      body: {},
      identify: (body, { source }) => identify(body, jobOf(source)),
    },
    ...dnanexusApi((answer) => classify(answer, jobOf(answer.source))),
    insecureOrigins: isVouched ? [server.baseUrl] : [],
    warnings: () => [...configWarnings(look(), server, options.token), ...unreadWarnings(unread())],
  };
}

function identify(body: unknown, job: JobEnvironment | undefined): DNAnexusIdentity | undefined {
  const id = ownField(body, "id");
  if (typeof id !== "string" || !/^user-[\u0021-\u007E]+$/.test(id)) return undefined;
  return { kind: "user", id, ...(job !== undefined && { job }) };
}

// Core refuses it too, without knowing who wanted it.
function refusePlainHttp({ plainHttp, baseUrl, protocolName }: ApiServer): void {
  if (!plainHttp || isLoopback(new URL(baseUrl).hostname)) return;
  throw failed(
    `${protocolName} makes the server's address ${baseUrl} plain http, which shows the token to everyone on the way`,
    "Set DX_APISERVER_PROTOCOL to https there, or take it out.",
  );
}

// Inside a job the platform may give a private address with plain http. A file gives none: it can come from elsewhere.
function isGivenByPlatform(server: ApiServer, env: Environment): boolean {
  const { hostname } = new URL(server.baseUrl);
  return server.plainHttp && server.fromEnvironment && isPrivateHost(hostname) && isRealJob(env);
}
