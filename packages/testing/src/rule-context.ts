import { randomBytes } from "node:crypto";

import type { Auth, AuthOptions, Identity, Provider } from "@auth/core";

import type { ConformanceFacts, RecordedAnswer } from "./conformance-facts.ts";
import {
  type LoopbackAnswer,
  type LoopbackRequest,
  type LoopbackServer,
  startLoopbackServer,
} from "./loopback-server.ts";
import { shows } from "./printed-forms.ts";

/** A provider as the suite sees it, whatever its own options. */
export type TestedProvider = Provider<object, Identity>;

type Answer = (request: LoopbackRequest) => LoopbackAnswer | Promise<LoopbackAnswer>;

/** What a rule works with: the provider, a token of its own, and servers that end with it. */
export interface RuleContext extends AsyncDisposable {
  readonly provider: TestedProvider;
  readonly facts: ConformanceFacts;
  /** The token of this rule. It must show up nowhere but in the header. */
  readonly token: string;
  /** Another token. */
  newToken(): string;
  /** The service on loopback: its `routes`, else what `answer` says, else the accepted answer. */
  serve(answer?: Answer, routes?: ConformanceFacts["routes"]): Promise<LoopbackServer>;
  /** An auth for a server, with the rule's token and an empty environment unless the options say otherwise. */
  auth(url: string, options?: AuthOptions): Auth;
  /** An auth whose own sources hold a token, the rule's unless told; `undefined` where the facts tell of none. */
  ownAuth(url: string, options?: AuthOptions, token?: string): Promise<Auth | undefined>;
  /** What the factory cannot do without, for a server. */
  options(url: string): object;
  readonly accepted: RecordedAnswer;
  readonly rejected: RecordedAnswer;
  /** Name and value of the header that carries a token. */
  header(token?: string): { readonly name: string; readonly value: string };
  /** All secrets of the rule so far. */
  readonly secrets: readonly string[];
  /** Whether a text shows one of them, in whatever form. */
  shows(text: string): boolean;
}

export function createRuleContext(provider: TestedProvider, facts: ConformanceFacts): RuleContext {
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
  const { now: at } = facts;
  const clock = at === undefined ? {} : { now: () => at };
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
    rejected: { status: 401, ...facts.answers.rejected },
    async serve(answer = () => accepted, routes = facts.routes) {
      const server = await startLoopbackServer(
        async (request) => routes?.(request, token) ?? answer(request),
      );
      servers.push(server);
      return server;
    },
    auth: (url, options) =>
      provider({ env: {}, token, baseUrl: url, ...clock, ...optionsFor(url), ...options }),
    async ownAuth(url, options, own = token) {
      const { env, arrange, routes } = facts;
      if (env === undefined && arrange === undefined && routes === undefined) return undefined;
      const variables = typeof env === "string" ? { [env]: own } : env?.(own);
      const arranged = await arrange?.(own, url);
      return provider({
        baseUrl: url,
        env: { ...variables, ...arranged?.env },
        ...clock,
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
