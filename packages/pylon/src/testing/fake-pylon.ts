import { createAnswerScript, type LoopbackRequest, startLoopbackServer } from "@auth/testing/loopback";

import type { PylonRegion } from "../region.ts";
import type { FakePylonData } from "./handlers.ts";
import { documentedLimits, knownOperation, type PylonOperation } from "./operations.ts";
import type { PylonObject } from "./page.ts";
import { createPylonService } from "./pylon-service.ts";
import type { ScriptedAnswer } from "./script.ts";
import { completeToken, createTokenTable, type FakePylonToken } from "./token-table.ts";

/** What the service knows, and which of its eras it is in. */
export interface FakePylonOptions {
  /** The tokens that the service knows, with what each stands for. Default: none. */
  readonly tokens?: Readonly<Record<string, FakePylonToken>>;
  /** Whether errors carry a `code`. Pylon's do since September 2026. Default: true. */
  readonly code?: boolean;
  /** Whether `/me` tells the user. Pylon's does since mid-2026. Default: true. */
  readonly user?: boolean;
  /** The header in which a 429 says how long to wait, if in one. Default: Pylon's own, `x-retry-after`. */
  readonly retryAfter?: "x-retry-after" | "retry-after" | "none";
  /** Requests a minute for each organization, where they are not to be the documented ones. */
  readonly limits?: Partial<Readonly<Record<PylonOperation, number>>>;
  /** The clock of the rate limits. Milliseconds since the epoch. Default: `Date.now`. */
  readonly now?: () => number;
  /** Default: two. */
  readonly issues?: readonly PylonObject[];
  /** Default: one. */
  readonly accounts?: readonly PylonObject[];
}

/** A request as the service received it, its token included. */
export interface FakePylonRequest extends LoopbackRequest {
  /** Which of the two addresses it came to. */
  readonly region: PylonRegion;
}

/** Pylon's API on loopback, for tests. */
export interface FakePylon {
  /** Address of the US region: `http://127.0.0.1:<port>`. */
  readonly url: string;
  /** Address of the EU region. */
  readonly euUrl: string;
  /** Every request to either region so far, headers included, the oldest first. */
  readonly requests: readonly FakePylonRequest[];
  /** Adds a token, or changes what it stands for. */
  readonly addToken: (token: string, facts?: FakePylonToken) => void;
  /** From then on the token is as good as one that never existed. */
  readonly revokeToken: (token: string) => void;
  /** Answers the next requests for an operation, whatever token they carry, each answer as often as it says. */
  readonly script: (operation: PylonOperation, ...answers: readonly ScriptedAnswer[]) => void;
  /** Ends all connections and frees both ports. */
  readonly close: () => Promise<void>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
}

const defaultData: FakePylonData = {
  issues: [
    { id: "9d2f6c1b-3a64-4f7e-8f0a-51c7c1a0e6d1", title: "Cannot log in", state: "new" },
    { id: "1c8e0b52-6f3d-4b0c-9a7e-2f9d7b64c3a8", title: "Invoice is missing", state: "waiting_on_you" },
  ],
  accounts: [{ id: "7b1f4f0e-2c5a-4a57-9a3c-8e6d1f0b2c94", name: "Example Inc" }],
};

/**
 * Starts Pylon's API on two free ports of the loopback interface, one for each region. Statuses, codes, headers and the
 * form of bodies are those that Pylon is known to send; the texts of some errors are made up, since nobody has
 * published them. `await using` closes it at the end of the block. An operation or a region that the fake does not have is a
 * `TypeError`.
 *
 * @see https://docs.usepylon.com/pylon-docs/developer/api (read 2026-11)
 */
export async function startFakePylon(options: FakePylonOptions = {}): Promise<FakePylon> {
  const { code = true, user = true, retryAfter = "x-retry-after", now = Date.now } = options;
  const { issues, accounts } = options;
  const tokens = createTokenTable(options.tokens ?? {});
  const script = createAnswerScript<ScriptedAnswer>();
  const data = { issues: issues ?? defaultData.issues, accounts: accounts ?? defaultData.accounts };
  const limits = { ...documentedLimits, ...options.limits };
  Object.keys(limits).forEach(knownOperation);
  const service = createPylonService({ tokens, script, data, code, user, retryAfter, limits, now });

  const requests: FakePylonRequest[] = [];
  const start = (region: PylonRegion): ReturnType<typeof startLoopbackServer> =>
    startLoopbackServer((request) => {
      requests.push({ ...request, region });
      return service(region, request);
    });
  const [us, eu] = await Promise.all([start("us"), start("eu")]);
  const close = async (): Promise<void> => {
    await Promise.all([us.close(), eu.close()]);
  };
  return {
    url: us.url,
    euUrl: eu.url,
    requests,
    addToken: (token, facts = {}) => void tokens.set(token, completeToken(facts)),
    revokeToken: (token) => void tokens.delete(token),
    script(operation, ...answers) {
      knownOperation(operation);
      script.add(operation, answers);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
