/** An operation of the fake: method and path template. An ending `.json` changes nothing. */
export type ZendeskOperation =
  | "GET /api/v2/users/me"
  | "GET /api/v2/users"
  | "GET /api/v2/tickets"
  | "GET /api/v2/tickets/{id}"
  | "POST /api/v2/tickets"
  | "GET /api/v2/account/settings"
  | "GET /api/v2/oauth/tokens/current"
  | "DELETE /api/v2/oauth/tokens/{id}"
  | "GET /attachments/token/{name}"
  | "POST /oauth/tokens";

/** What a token needs for an operation: one of these scopes, and whether only an administrator may. */
interface Needs {
  readonly scopes: readonly string[];
  readonly admin?: boolean;
  /** Asked by anybody, with or without a token. */
  readonly open?: boolean;
}

const operations: Readonly<Record<ZendeskOperation, Needs>> = {
  "GET /api/v2/users/me": { scopes: ["read", "users:read"], open: true },
  "GET /api/v2/users": { scopes: ["read", "users:read"] },
  "GET /api/v2/tickets": { scopes: ["read", "tickets:read"] },
  "GET /api/v2/tickets/{id}": { scopes: ["read", "tickets:read"] },
  "POST /api/v2/tickets": { scopes: ["write", "tickets:write"] },
  "GET /api/v2/account/settings": { scopes: ["read"], admin: true },
  "GET /api/v2/oauth/tokens/current": { scopes: ["read"] },
  "DELETE /api/v2/oauth/tokens/{id}": { scopes: ["write"] },
  "GET /attachments/token/{name}": { scopes: ["read"] },
  "POST /oauth/tokens": { scopes: [], open: true },
};

/** Where a request leads. */
export interface Route {
  readonly operation: ZendeskOperation;
  /** What the path has where its template has `{id}` or `{name}`. */
  readonly id: string | undefined;
  readonly needs: Needs;
}

/** Throws for an operation that the fake does not have: a test with a slip in it must not pass. */
export function knownOperation(text: string): void {
  if (!Object.hasOwn(operations, text)) throw new TypeError(`The fake has no operation "${text}".`);
}

/** The operation of a request. `undefined`: there is none. */
export function routeOf(method: string, path: string): Route | undefined {
  const asked = path.replace(/\.json$/, "");
  for (const [operation, needs] of Object.entries(operations) as [ZendeskOperation, Needs][]) {
    const [verb, template = ""] = operation.split(" ");
    const [parent = "", placeholder] = template.split("{");
    const id = asked.startsWith(parent) ? asked.slice(parent.length) : undefined;
    const fits = placeholder === undefined ? asked === template : id !== undefined && /^[^/]+$/.test(id);
    if (verb === method && fits) return { operation, id: placeholder === undefined ? undefined : id, needs };
  }
  return undefined;
}
