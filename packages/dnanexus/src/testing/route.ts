import type { IncomingHttpHeaders } from "node:http";

import { ownField } from "@auth/core";

import type { FakeDirectory } from "./directory.ts";
import type { IdentityTokens } from "./identity-tokens.ts";
import type { Lockout } from "./lockout.ts";
import type { OAuth } from "./oauth-routes.ts";
import type { StoredToken, TokenStore } from "./token-store.ts";

/** A request that was routed, parsed and, where the route asks for it, authenticated. */
export interface Call {
  /** The id in the path: `user-alice` of `/user-alice/describe`. Empty for `/system/…`. */
  readonly objectId: string;
  readonly input: object;
  readonly headers: IncomingHttpHeaders;
  /** Present on routes that need one, and where one was sent to a route that does not. */
  readonly token: StoredToken | undefined;
  readonly store: TokenStore;
  readonly directory: FakeDirectory;
  readonly identity: IdentityTokens;
  readonly oauth: OAuth;
  readonly lockout: Lockout;
  readonly now: () => number;
}

/** One method of the service. */
export interface Route {
  /** `/system/whoami`; behind the class of an object, `*` stands for the rest of its id. */
  readonly path: string;
  /** Whether the route answers without a token. Default: it does not. */
  readonly anonymous?: boolean;
  readonly answer: (call: Call) => object;
}

/** The route of a path, and the object's id in it. */
export function findRoute(
  routes: readonly Route[],
  path: string,
): { readonly route: Route; readonly objectId: string } | undefined {
  const [, first = "", method = "", ...more] = path.split("/");
  if (more.length > 0) return undefined;
  const objectClass = /^([a-z]+)-[0-9A-Za-z._]+$/.exec(first)?.[1];
  const wanted = objectClass === undefined ? path : `/${objectClass}-*/${method}`;
  const route = routes.find((one) => one.path === wanted);
  return route === undefined ? undefined : { route, objectId: objectClass === undefined ? "" : first };
}

/** The token of a call to a route that asks for one. */
export function bearer({ token }: Call): StoredToken {
  if (token === undefined) throw new Error("The route lets calls without a token in.");
  return token;
}

/** `fields` of the input adds to the default fields, or replaces them with `defaultFields: false`. */
export function select(input: object, described: object): object {
  const fields = ownField(input, "fields");
  if (fields === undefined || ownField(input, "defaultFields") === true) return described;
  return Object.fromEntries(
    Object.entries(described).filter(([name]) => name === "id" || ownField(fields, name) === true),
  );
}
