import { randomBytes } from "node:crypto";

import type { Auth, AuthOptions, Identity, Provider } from "@auth/core";

import type { ConformanceFacts, RecordedAnswer } from "./conformance-facts.ts";
import {
  type LoopbackAnswer,
  type LoopbackRequest,
  type LoopbackServer,
  startLoopbackServer,
} from "./loopback-server.ts";
import { shows } from "./shown.ts";

/** A provider as the suite sees it, whatever its own options. */
export type TestedProvider = Provider<object, Identity>;

type Answer = (request: LoopbackRequest) => LoopbackAnswer | Promise<LoopbackAnswer>;

/** What a rule works with: the provider, a token of its own, and servers that end with it. */
export interface Trial extends AsyncDisposable {
  readonly provider: TestedProvider;
  readonly facts: ConformanceFacts;
  /** The token of this trial. It must show up nowhere but in the header. */
  readonly token: string;
  /** Another token. */
  newToken(): string;
  /** The service on loopback: its `routes`, else what `answer` says, else the accepted answer. */
  serve(answer?: Answer): Promise<LoopbackServer>;
  /** An auth for a server, with the trial's token and an empty environment unless the options say otherwise. */
  auth(url: string, options?: AuthOptions): Auth;
  /** An auth whose own sources hold the trial's token; `undefined` where the facts tell of none. */
  ownAuth(url: string, options?: AuthOptions): Promise<Auth | undefined>;
  /** What the factory cannot do without, for a server. */
  options(url: string): object;
  readonly accepted: RecordedAnswer;
  readonly rejected: RecordedAnswer;
  /** Name and value of the header that carries a token. */
  header(token?: string): { readonly name: string; readonly value: string };
  /** All secrets of the trial so far. */
  readonly secrets: readonly string[];
  /** Whether a text shows one of them, in whatever form. */
  shows(text: string): boolean;
}

export function createTrial(provider: TestedProvider, facts: ConformanceFacts): Trial {
  const servers: LoopbackServer[] = [];
  const tokens: string[] = [];
  const newToken = (): string => {
    const token = facts.sampleToken?.() ?? `canary-${provider.id}-${randomBytes(8).toString("hex")}`;
    tokens.push(token);
    return token;
  };
  const token = newToken();
  // With the part of the header that a token becomes, such as the base64 of Basic.
  const secrets = (): string[] => [
    ...tokens,
    ...tokens.map((one) => facts.header(one)[1].replace(/^\S+ /, "")),
    ...(facts.secrets ?? []),
  ];
  const accepted = { status: 200, ...facts.answers.accepted };
  const rejected = { status: 401, ...facts.answers.rejected };
  const optionsFor = (url: string): object =>
    typeof facts.options === "function"
      ? (facts.options as (url: string) => object)(url)
      : { ...facts.options };

  return {
    provider,
    facts,
    token,
    newToken,
    options: optionsFor,
    accepted,
    rejected,
    async serve(answer = () => accepted) {
      const server = await startLoopbackServer(
        async (request) => facts.routes?.(request, token) ?? answer(request),
      );
      servers.push(server);
      return server;
    },
    auth: (url, options) => provider({ env: {}, token, baseUrl: url, ...optionsFor(url), ...options }),
    async ownAuth(url, options) {
      const { env, arrange, routes } = facts;
      if (env === undefined && arrange === undefined && routes === undefined) return undefined;
      const variables = typeof env === "string" ? { [env]: token } : env?.(token);
      const arranged = await arrange?.(token, url);
      return provider({
        baseUrl: url,
        env: { ...variables, ...arranged?.env },
        ...optionsFor(url),
        ...arranged?.options,
        ...options,
      });
    },
    header(of = token) {
      const [name, value] = facts.header(of);
      return { name: name.toLowerCase(), value };
    },
    get secrets() {
      return secrets();
    },
    shows: (text) => shows(text, secrets()),
    async [Symbol.asyncDispose]() {
      await Promise.all(servers.map((server) => server.close()));
    },
  };
}
