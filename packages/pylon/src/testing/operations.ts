/** An operation of the API: method and path template. Rate limits are counted for each of them. */
export type PylonOperation =
  | "GET /me"
  | "GET /issues"
  | "GET /issues/{id}"
  | "POST /issues/search"
  | "GET /accounts"
  | "GET /accounts/{id}";

/**
 * Requests that one organization may make in a minute.
 *
 * @see https://docs.usepylon.com/pylon-docs/developer/api/rate-limits (read 2026-11)
 */
export const documentedLimits: Readonly<Record<PylonOperation, number>> = {
  "GET /me": 300,
  "GET /issues": 30,
  "GET /issues/{id}": 300,
  "POST /issues/search": 120,
  "GET /accounts": 300,
  "GET /accounts/{id}": 300,
};

/** Where a request leads, or what Pylon says before it looks at the token. */
export type Route =
  | { readonly operation: PylonOperation; readonly id: string | undefined }
  | { readonly problem: "not_found" | "method_not_allowed" };

const operations = Object.keys(documentedLimits).filter(isOperation);

function isOperation(text: string): text is PylonOperation {
  return Object.hasOwn(documentedLimits, text);
}

/** Throws for an operation that the fake does not have: a test with a slip in it must not pass. */
export function knownOperation(text: string): void {
  if (!isOperation(text)) throw new TypeError(`The fake has no operation "${text}".`);
}

export function routeOf(method: string, path: string): Route {
  const matches = operations.flatMap((operation) => {
    const [allowed = "", template = ""] = operation.split(" ");
    const id = matchPath(template, path);
    return id === undefined ? [] : [{ operation, allowed, id: id === "" ? undefined : id }];
  });
  const exact = matches.find(({ allowed }) => allowed === method);
  if (exact !== undefined) return { operation: exact.operation, id: exact.id };
  return { problem: matches.length === 0 ? "not_found" : "method_not_allowed" };
}

/** The id that a path has where its template has one, `""` where the template has none, `undefined` for another path. */
function matchPath(template: string, path: string): string | undefined {
  if (!template.endsWith("/{id}")) return path === template ? "" : undefined;
  const parent = template.slice(0, -"{id}".length);
  const id = path.startsWith(parent) ? path.slice(parent.length) : "";
  return id === "" || id.includes("/") ? undefined : id;
}
