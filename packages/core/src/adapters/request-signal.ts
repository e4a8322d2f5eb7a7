/** What stops a request. By the fetch standard, `null` in the options stands for nothing, whatever the Request has. */
export function requestSignal(
  target: string | Request,
  init: RequestInit | undefined,
): AbortSignal | undefined {
  const given = init?.signal;
  if (given !== undefined) return given ?? undefined;
  return typeof target === "string" ? undefined : target.signal;
}
