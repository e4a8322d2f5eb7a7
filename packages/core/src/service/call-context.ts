import { maskOf } from "../untrusted/mask.ts";
import { ownProperties } from "../untrusted/own-properties.ts";
import type { Classification, ServiceAnswer } from "../provider/definition.ts";
import { quotable } from "../untrusted/safe-message.ts";
import type { Token } from "../token/token.ts";

/** One of a service's servers. */
export interface CalledServer {
  /** `auth server` */
  readonly name: string;
  /** The option that gives its address. */
  readonly option: string;
}

/** The provider whose service answers. */
export interface AnsweringProvider {
  readonly id: string;
  readonly name: string;
  readonly tokenUrl?: string | undefined;
  readonly tokenPattern?: RegExp | undefined;
}

/** What the answer to a request is read by. */
export interface AnswerFacts {
  readonly provider: AnsweringProvider;
  /** Where the secrets of the request may go. */
  readonly origins: readonly string[];
  /** Where the token comes from that is sent. Absent: none is sent. */
  readonly source?: string | undefined;
  /** What the service is to check, for the messages: `the password of ada`. Default: the token from `source`. */
  readonly subject?: string | undefined;
  /** What is called, for the remedies, and the option with its address. Default: the API, and `baseUrl`. */
  readonly server?: CalledServer | undefined;
  /** Tokens, passwords and codes of the request: masked in what is quoted of an answer. */
  readonly secrets: readonly string[];
  readonly classify?: ((answer: ServiceAnswer) => Classification) | undefined;
  readonly requestIdHeader?: string | undefined;
  readonly now?: (() => number) | undefined;
}

/** The facts with what follows from them. */
export interface CallContext extends AnswerFacts {
  readonly url: string;
  readonly subject: string;
  readonly server: CalledServer;
  /** Takes the secrets out of a text. */
  mask(text: string): string;
  /** The service's id for an answer, fit to be shown: by the header, else the one that was told. */
  requestIdOf(headers: Headers, told?: string): string | undefined;
}

/** Facts are taken as own properties, and so are what is given with them. */
export function callContextOf<Facts extends AnswerFacts & { readonly url: string }>(
  given: Facts,
): Facts & CallContext {
  const facts = ownProperties(given);
  const { source, requestIdHeader } = facts;
  const subject = facts.subject ?? (source === undefined ? "the request" : `the token from ${source}`);
  const mask = maskOf(facts.secrets, facts.provider.tokenPattern);
  return ownProperties({
    ...facts,
    subject,
    server: facts.server ?? { name: "API", option: "baseUrl" },
    mask,
    requestIdOf(headers, told) {
      const sent = requestIdHeader === undefined ? undefined : headers.get(requestIdHeader);
      const id = [sent, told].find((text) => text?.trim());
      return id ? quotable(mask(id)) : undefined;
    },
  });
}

/** What to mask of a request that carries a token: the token, the whole header, and the header without its first word. */
export function secretsOf({ token, value }: { readonly token: Token; readonly value: string }): string[] {
  return [token.reveal(), value, value.slice(value.indexOf(" ") + 1)];
}
