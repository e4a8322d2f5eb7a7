import { AuthError, type Classification, isAuthError, ownProperties, type Token } from "@auth/core";
import { removeLeftBehind } from "@auth/core/files";

import { type ConfigKey, type ConfigLayer, decide } from "../config/config-layer.ts";
import type { Machine } from "../config/config-places.ts";
import { loggedOutContext, tokenIn } from "../config/security-context.ts";
import { sourceName } from "../config/token-sources.ts";
import { dnanexus, type DNAnexusOptions } from "../dnanexus.ts";
import { type JobEnvironment, jobIn } from "../job/job-environment.ts";
import { classify } from "../service/classify.ts";
import {
  type Account,
  type AccountOptions,
  authOrigin,
  openAccount,
  save,
  saveDirectories,
  serverWarnings,
  withSaveErrors,
} from "./account.ts";
import { askAuthServer } from "./ask-auth-server.ts";
import { otherwise } from "./own-directory.ts";
import { type ConfigChanges, lockedFile } from "./save-config.ts";

/** Options of `logout`. */
export interface LogoutOptions extends AccountOptions {
  /** Ends a job's own token too, and with it all that the job could still do. Default: `false`. */
  readonly force?: boolean | undefined;
  /** As for `dnanexus()`. */
  readonly alsoRead?: DNAnexusOptions["alsoRead"];
}

/** What a logout did. Holds no secret. */
export interface Logout {
  /**
   * `"ended"`: the service ended the token. `"refused"`: it did not, for the reason in `error`. `"not logged in"`: there
   * was no token, and nothing was done.
   */
  readonly outcome: "ended" | "refused" | "not logged in";
  /** The token that was in use. */
  readonly token?: { readonly source: string; readonly fingerprint: string };
  /** Why the service did not end the token, which may still be good. */
  readonly error?: AuthError;
  /** The files that say "logged out" now. */
  readonly saved: readonly string[];
  /** What still has to be known: jobs that end with the token, places that still hold it, who named the server it went to. */
  readonly warnings: readonly string[];
}

/** The logout as it is on a machine. */
export function logoutOn(machine: Machine): (options?: LogoutOptions) => Promise<Logout> {
  return async (given) => {
    const options = ownProperties(given);
    const { signal } = options;
    const account = openAccount(options, machine);
    const { layers } = account;
    let token: Token;
    try {
      token = await account.authWith().token({ signal });
    } catch (error) {
      if (!isAuthError(error, "AUTH_TOKEN_NOT_FOUND")) throw error;
      return { outcome: "not logged in", saved: [], warnings: await nothingLeft(account) };
    }
    const job = jobOf(token, layers);
    if (job !== undefined && options.force !== true) throw ownTokenOfJob(token, job.id);

    const origin = authOrigin(account);
    const directories = saveDirectories(account);
    const error = await destroy(token, origin, job, options);
    const saved = await save(directories, changesBy(token, layers), signal);
    return {
      outcome: error === undefined ? "ended" : "refused",
      token: { source: token.source, fingerprint: token.fingerprint() },
      ...(error !== undefined && { error }),
      saved,
      warnings: [
        ...serverWarnings(
          account,
          token.source,
          layers.find((layer) => sourceName(layer) === token.source),
        ),
        ...jobsEnd(error),
        ...stillHeld(token),
        ...otherTokenWarnings(token, layers),
      ],
    };
  };
}

/** The job that a token was derived for. It counts wherever the token came from, as long as any place holds it for a job. */
function jobOf(token: Token, layers: readonly ConfigLayer[]): JobEnvironment | undefined {
  return layers.flatMap((layer) => (holds(layer, token) ? (jobIn(layer) ?? []) : []))[0];
}

function holds(layer: ConfigLayer, token: Token): boolean {
  const reading = tokenIn(layer);
  return reading.state === "set" && reading.value() === token.reveal();
}

function ownTokenOfJob({ source }: Token, id: string): AuthError {
  return new AuthError("AUTH_PERMISSION_DENIED", {
    provider: dnanexus.id,
    message: `The token from ${source} is that of ${id}, which would lose it with everything that it still has to do.`,
    remedy: "Leave it to end with the job, or pass force: true.",
  });
}

/** By the platform's own digest, since every program would pay for an import of `node:crypto`. */
async function signatureOf(secret: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(secret));
  return Buffer.from(digest).toString("hex");
}

/** Tells the service to end the token. Gives back why it did not; throws where it did not answer. */
async function destroy(
  token: Token,
  origin: string,
  job: JobEnvironment | undefined,
  options: LogoutOptions,
): Promise<AuthError | undefined> {
  const secret = token.reveal();
  try {
    await askAuthServer(origin, options, {
      path: "/system/destroyAuthToken",
      headers: { authorization: `Bearer ${secret}` },
      body: { tokenSignature: await signatureOf(secret) },
      source: token.source,
      secrets: [secret],
      classify: (answer) => ofAuthServer(classify(answer, job)),
    });
    return undefined;
  } catch (error) {
    if (isAuthError(error) && error.status !== undefined) return error;
    throw error;
  }
}

// What the API server means by these is not what the auth server means, which may also know the token no more.
function ofAuthServer(classified: Classification): Classification {
  if (classified.code !== "AUTH_RESPONSE_MALFORMED") return classified;
  return {
    ...classified,
    remedy:
      "Check that authUrl is the address of the auth server; if it is, the token may have ended before.",
  };
}

/** A process that died in the midst of a first login leaves a copy that is no login yet. */
async function nothingLeft({ layers, options: { signal } }: Account): Promise<string[]> {
  const user = layers.find(({ place }) => place.kind === "user")?.place.directory;
  if (user === undefined)
    return [
      "No saved login was looked for, since HOME is not set: set HOME or DX_USER_CONF_DIR, and log out again.",
    ];
  await withSaveErrors(() => removeLeftBehind(lockedFile(user), { signal, otherwise }), signal);
  return [];
}

/** As the toolkit: after a login of the environment, the server that it was for is written with the rest. */
function changesBy(token: Token, layers: readonly ConfigLayer[]): ConfigChanges {
  const keys: readonly ConfigKey[] = ["DX_APISERVER_PROTOCOL", "DX_APISERVER_HOST", "DX_APISERVER_PORT"];
  const address = keys.flatMap((key) => {
    const reading = decide(layers, key)?.reading;
    return reading?.state === "set" ? [[key, reading.value]] : [];
  });
  return {
    DX_SECURITY_CONTEXT: loggedOutContext,
    ...(isVariable(token) && (Object.fromEntries(address) as ConfigChanges)),
  };
}

function isVariable({ source }: Token): boolean {
  return source.startsWith("env ");
}

function jobsEnd(error: AuthError | undefined): string[] {
  return error === undefined
    ? ["Jobs and transfers that were started with the token fail from now on: it ended for them too."]
    : ["The token may still be good: end it under Profile, API Tokens on https://platform.dnanexus.com/"];
}

function stillHeld(token: Token): string[] {
  return isVariable(token)
    ? [`${token.source} still holds the token, and comes before every file: unset it.`]
    : [];
}

// As the toolkit does, both files are written, whichever the token came from.
function otherTokenWarnings(token: Token, layers: readonly ConfigLayer[]): string[] {
  return layers.flatMap((layer) => {
    const { kind, nameOf } = layer.place;
    const isWritten = kind === "user" || kind === "session";
    if (!isWritten || tokenIn(layer).state !== "set" || holds(layer, token)) return [];
    return [`${nameOf("DX_SECURITY_CONTEXT")} held another token, which was taken out and not ended.`];
  });
}
