import { AuthError } from "../errors.ts";
import { safeCause } from "../untrusted/mask.ts";
import { isPlatformFetch } from "../runtime.ts";
import { quotable } from "../untrusted/safe-message.ts";
import type { Environment } from "../sources/source.ts";
import { TimeLimitReached } from "../time-limit.ts";
import type { CallContext } from "./call-context.ts";

/** How a request was sent to which there was no answer. */
export interface SentWithout {
  /** The limit as the caller knows it. Milliseconds. */
  readonly limitMs: number;
  /** What it was sent with. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** Where the variables of a proxy may stand. */
  readonly env?: Environment | undefined;
}

/** The error for a request without an answer: nothing is known of what was sent. */
export function networkFailure(
  { provider, subject, server, url, mask }: CallContext,
  error: unknown,
  { limitMs, fetch, env }: SentWithout,
): AuthError {
  const { origin } = new URL(url);
  const isLate = isTimeLimit(error);
  const { told, causes } = reasonOf(error);
  const message = quotable(mask(told));
  const isProxy = causes.some((text) => /\b407\b|proxy authentication required/i.test(text));
  const why = isLate ? `within ${limitMs} ms` : `(${message === "" ? noReason : message})`;
  const unused = isPlatformFetch(fetch) ? unusedProxy(url, env) : undefined;
  return new AuthError("AUTH_UNREACHABLE", {
    provider: provider.id,
    message: isProxy
      ? `A proxy on the way to ${provider.name} wants a login of its own (status 407), which says nothing about ${subject}.`
      : `${provider.name} gave no answer at ${origin} ${why}, which says nothing about ${subject}.${unused === undefined ? "" : ` ${unused.what}`}`,
    remedy: isProxy
      ? "Put the proxy's user and password into its address, as in HTTPS_PROXY=http://user:password@proxy:8080, or ask whoever runs it."
      : (unused?.remedy ?? `Check the network, the proxy and ${server.option}, then try again.`),
    cause: isLate ? undefined : safeCause(firstCause(error), message),
  });
}

/** What Node.js says of a 407 to a request without a tunnel, and of little else. */
const noReason = "no reason given: a proxy on the way may want a login";

/** Whether a connection ended without an answer, as one does that was kept open for longer than the other side wanted. */
export function isDropped(error: unknown): boolean {
  return causesOf(error).some((cause) => /^(?:UND_ERR_SOCKET|ECONNRESET|EPIPE)$/.test(textOf(cause, "code")));
}

function isTimeLimit(error: unknown): boolean {
  try {
    return error instanceof TimeLimitReached;
  } catch {
    return false;
  }
}

/** The platform says "fetch failed" and keeps the reason as the cause, or as the cause of that. */
function reasonOf(error: unknown): { readonly told: string; readonly causes: readonly string[] } {
  const causes = causesOf(error).map((cause) => textOf(cause, "message"));
  const isEmptyWord = (text: string): boolean => /^(?:fetch failed|Request was cancelled\.?|)$/.test(text);
  const told = causes.find((text) => !isEmptyWord(text));
  if (told !== undefined || causes.length > 1) return { told: told ?? "", causes };
  return { told: causes[0] ?? (typeof error === "string" ? error : ""), causes };
}

function firstCause(error: unknown): unknown {
  const [first, second] = causesOf(error);
  return second ?? first;
}

/** An error and its causes, as far as they let themselves be read. */
function causesOf(error: unknown): readonly object[] {
  const causes: object[] = [];
  for (let at = error; typeof at === "object" && at !== null && causes.length < 5;) {
    causes.push(at);
    try {
      at = (at as { readonly cause?: unknown }).cause;
    } catch {
      break;
    }
  }
  return causes;
}

function textOf(error: object, name: "message" | "code"): string {
  try {
    const text: unknown = (error as Record<string, unknown>)[name];
    return typeof text === "string" ? text : "";
  } catch {
    return "";
  }
}

interface Platform {
  readonly versions?: Readonly<Record<string, string | undefined>>;
  readonly env?: Environment;
  readonly execArgv?: readonly string[];
}

/** A proxy that the variables name and that Node.js takes no notice of, since nobody told it to. */
function unusedProxy(
  url: string,
  given: Environment | undefined,
): { readonly what: string; readonly remedy: string } | undefined {
  const { process } = globalThis as { process?: Platform };
  const version = process?.versions?.["node"];
  // Deno and Bun use the variables by themselves, and say that they are Node.js as well.
  if (
    version === undefined ||
    process?.versions?.["bun"] !== undefined ||
    process?.versions?.["deno"] !== undefined
  )
    return undefined;
  const environments = [given ?? {}, process?.env ?? {}];
  const read = (name: string): string | undefined =>
    environments
      .map((env) => valueOf(env, name) ?? valueOf(env, name.toLowerCase()))
      .find((value) => value?.trim());
  const { protocol, hostname } = new URL(url);
  const name = protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY";
  const isUsed =
    read("NODE_USE_ENV_PROXY") === "1" ||
    [...(process?.execArgv ?? []), read("NODE_OPTIONS") ?? ""].some((text) =>
      text.includes("--use-env-proxy"),
    ) ||
    hasOwnDispatcher();
  if (isUsed || read(name) === undefined || isExcepted(hostname, read("NO_PROXY") ?? "")) return undefined;
  const own = "pass a fetch that goes through the proxy, such as one with undici's EnvHttpProxyAgent";
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const knows = major > 22 ? major >= 24 : major === 22 && minor >= 21;
  return {
    what: `${name} is set, and Node.js ${version} takes no notice of it by itself.`,
    remedy: knows
      ? `Start the program with NODE_USE_ENV_PROXY=1 where the way leads through the proxy, or ${own}.`
      : `Use Node.js 22.21 or 24 with NODE_USE_ENV_PROXY=1 where the way leads through the proxy, or ${own}.`,
  };
}

function valueOf(env: Environment, name: string): string | undefined {
  try {
    return Object.hasOwn(env, name) ? env[name] : undefined;
  } catch {
    return undefined;
  }
}

/** Whether somebody has put another dispatcher in the place of the platform's, which may well use the proxy. */
function hasOwnDispatcher(): boolean {
  const shared = globalThis as { [name: symbol]: object | undefined };
  const dispatcher = shared[Symbol.for("undici.globalDispatcher.1")];
  return dispatcher !== undefined && dispatcher.constructor.name !== "Agent";
}

function isExcepted(hostname: string, exceptions: string): boolean {
  return exceptions
    .split(/[\s,]+/)
    .map((one) =>
      one
        .replace(/:\d+$/, "")
        .replace(/^\*?\./, "")
        .toLowerCase(),
    )
    .some((one) => one === "*" || (one !== "" && (hostname === one || hostname.endsWith(`.${one}`))));
}
