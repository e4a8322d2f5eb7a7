import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import { AuthError, isLoopback } from "@auth/core";

import { invalid } from "./account.ts";
import { dnanexus } from "../dnanexus.ts";
import { errorCode } from "../config/error-code.ts";

/** What waits on this machine for a browser to come back with a code. */
export interface LoopbackRedirect {
  /** Where the browser is to be sent. */
  readonly uri: string;
  /** Goes to the auth server and comes back with the browser: who does not know it was not sent by this login. */
  readonly state: string;
  /** The code that the browser brought. Rejects with an `AuthError` where it brought something else, or nothing in time. */
  readonly code: Promise<string>;
  /** Aborted with an `AuthError` when a browser comes back a second time: one of the two was somebody else's. */
  readonly repeated: AbortSignal;
  readonly close: () => void;
}

/**
 * Listens at the registered address, on the loopback interface alone. Port 0 takes a free one.
 *
 * @throws {AuthError} `AUTH_PROVIDER_INVALID` where the address is none to listen at, or its port is taken.
 */
export async function listenForRedirect(
  redirectUri: string,
  waitMs: number,
  allowMissingState = false,
): Promise<LoopbackRedirect> {
  const address = loopbackAddress(redirectUri);
  const state = randomBytes(32).toString("base64url");
  const repeated = new AbortController();
  const arrival = Promise.withResolvers<string>();
  // Who closes before the browser came waits for it no longer.
  arrival.promise.catch(() => undefined);
  let hasCome = false;
  let stray: string | undefined;

  const server = createServer({ requestTimeout: 5_000, headersTimeout: 5_000 }, (request, response) => {
    const answer = readRedirect(request, address, state, allowMissingState);
    show(response, answer);
    if (answer.kind === "stray") stray = answer.problem;
    if (answer.kind === "other" || answer.kind === "stray") return;
    if (hasCome) {
      repeated.abort(failed("The browser came back twice", "Start the login again, and open its page once."));
      return;
    }
    hasCome = true;
    if (answer.kind === "code") arrival.resolve(answer.code);
    else arrival.reject(answer.error);
  });
  // A browser that keeps its connection open does not keep the program running.
  server.on("connection", (socket) => socket.unref());
  // A name would be looked up, and might lead elsewhere.
  const host = address.hostname === "localhost" ? "127.0.0.1" : address.hostname.replace(/^\[|\]$/g, "");
  server.listen(Number(address.port === "" ? 80 : address.port), host);
  try {
    await once(server, "listening");
  } catch (error) {
    throw cannotListen(error);
  }
  address.port = String((server.address() as AddressInfo).port);

  const minutes = waitMs / 60_000;
  const late = (): AuthError =>
    failed(
      `Nobody came back from the login page within ${minutes >= 1 ? `${minutes} min` : `${waitMs} ms`}${stray === undefined ? "" : `; a browser came ${stray}`}`,
      stray === withoutState
        ? "Start the login again; if it happens each time, pass allowMissingState: true."
        : "Start the login again, and sign in on the page that it opens; waitMs allows more time.",
    );
  const timer = setTimeout(() => arrival.reject(late()), waitMs);
  return {
    // As it was registered, to the letter, wherever the port is the registered one.
    uri: new URL(redirectUri).port === address.port ? redirectUri : address.href,
    state,
    code: arrival.promise,
    repeated: repeated.signal,
    close() {
      clearTimeout(timer);
      server.close();
      server.closeIdleConnections();
    },
  };
}

const withoutState = "without the state that it was sent with";
const anotherState = "with another state than it was sent with";

type Answer =
  | { readonly kind: "code"; readonly code: string }
  /** Any page can send a browser here. Without the state that this login gave away, it is not the service that did. */
  | { readonly kind: "stray"; readonly problem: string }
  | { readonly kind: "error"; readonly error: AuthError }
  /** Not the login's: a browser also asks for an icon. */
  | { readonly kind: "other"; readonly status: number };

function readRedirect(
  { method, url = "/", headers }: IncomingMessage,
  address: URL,
  state: string,
  allowMissingState: boolean,
): Answer {
  // A page elsewhere can make its own name lead here: then it is not this address that the browser was sent to.
  if (headers.host !== address.host) return { kind: "other", status: 421 };
  if (method !== "GET") return { kind: "other", status: 405 };
  if (!url.startsWith("/") || !URL.canParse(url, address.href)) return { kind: "other", status: 400 };
  const { pathname, searchParams } = new URL(url, address);
  if (!searchParams.has("code") && !searchParams.has("error")) return { kind: "other", status: 404 };
  const isMissing = !searchParams.has("state");
  if (isMissing && !(allowMissingState && pathname === address.pathname))
    return { kind: "stray", problem: withoutState };
  if (!isMissing && !isSame(single(searchParams, "state"), state))
    return { kind: "stray", problem: anotherState };
  if (pathname !== address.pathname) {
    const problem = "The browser came back to another path than that of redirectUri";
    return refusal(problem, "Give redirectUri exactly as it was registered with DNAnexus.");
  }
  const refused = searchParams.get("error");
  if (refused !== null) {
    // A word of the standard's is quoted, and nothing else that a stranger may have put there.
    const why = /^[a-z_]{1,40}$/.test(refused) ? ` (${refused})` : "";
    return refused === "access_denied"
      ? refusal(`The user did not allow the login${why}`, "Start the login again, and allow it on the page.")
      : refusal(
          `${dnanexus.name} refused the login${why}`,
          "Check clientId, redirectUri and scope against what DNAnexus registered.",
        );
  }
  const code = single(searchParams, "code") ?? "";
  return /^[\u0021-\u007E]{1,4096}$/.test(code)
    ? { kind: "code", code }
    : refusal("The browser came back without a code that can be used", "Start the login again.");
}

function single(parameters: URLSearchParams, name: string): string | undefined {
  const [value, ...more] = parameters.getAll(name);
  return more.length === 0 ? value : undefined;
}

function isSame(given: string | undefined, expected: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return given !== undefined && timingSafeEqual(digest(given), digest(expected));
}

// The address bar and the history keep what the browser came with: the page takes it out.
const script = 'history.replaceState(null, "", "/");';
const scriptHash = createHash("sha256").update(script).digest("base64");

function show(response: ServerResponse, answer: Answer): void {
  const status = answer.kind === "other" ? answer.status : answer.kind === "code" ? 200 : 400;
  const text = {
    code: "DNAnexus has answered. Close this window, and go back to the program.",
    error: "The login did not succeed. Close this window, and go back to the program.",
    stray:
      "This is not the answer that the program waits for. Close this window, and use the page that the program opened.",
    other: "Nothing is here.",
  }[answer.kind];
  response.writeHead(status, {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "content-security-policy": `default-src 'none'; script-src 'sha256-${scriptHash}'; frame-ancestors 'none'`,
    "x-content-type-options": "nosniff",
    connection: "close",
  });
  response.end(
    `<!doctype html><html lang="en"><title>DNAnexus</title><p>${text}</p><script>${script}</script></html>\n`,
  );
}

function loopbackAddress(redirectUri: string): URL {
  const url = typeof redirectUri === "string" && URL.canParse(redirectUri) ? new URL(redirectUri) : undefined;
  const isUsable =
    url?.protocol === "http:" &&
    isLoopback(url.hostname) &&
    url.username + url.password + url.search + url.hash === "";
  if (isUsable) return url;
  throw invalid(
    "redirectUri is not an http address on this machine, without user and query",
    "Give redirectUri as in http://127.0.0.1:8125/callback.",
  );
}

function cannotListen(cause: unknown): AuthError {
  return errorCode(cause) === "EADDRINUSE"
    ? invalid(
        "the port of redirectUri is taken by another program",
        "End that program, or register an address with another port.",
      )
    : invalid(
        `nothing can listen at redirectUri (${String(errorCode(cause))})`,
        "Register an address with another port.",
      );
}

function refusal(problem: string, remedy: string): Answer {
  return { kind: "error", error: failed(problem, remedy) };
}

function failed(problem: string, remedy: string): AuthError {
  return new AuthError("AUTH_LOGIN_FAILED", { provider: dnanexus.id, message: `${problem}.`, remedy });
}
