/** An object of Pylon's, such as an issue or an account. */
export interface PylonObject {
  readonly id: string;
  readonly [name: string]: unknown;
}

/** What a request for a list asks for, from wherever the operation reads it. */
export interface PageRequest {
  readonly limit: unknown;
  readonly cursor: unknown;
}

/** Used where a request names no limit that can be used. */
const defaultLimit = 100;

/** One page of a list in Pylon's envelope: without `pagination` where there is no next page, without `data` if empty. */
export function page(objects: readonly PylonObject[], { limit, cursor }: PageRequest): object {
  const wanted = Number(limit);
  const start = Number(cursor) || 0;
  const end = start + (Number.isInteger(wanted) && wanted > 0 ? wanted : defaultLimit);
  const data = objects.slice(start, end);
  return {
    ...(data.length > 0 && { data }),
    ...(end < objects.length && { pagination: { cursor: String(end), has_next_page: true } }),
  };
}
