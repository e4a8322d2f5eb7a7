import type { LoopbackAnswer, LoopbackRequest } from "@auth/testing/loopback";

/** What lets a page of any origin read an answer. */
export function corsHeaders({ headers }: LoopbackRequest): Record<string, string> {
  const { origin } = headers;
  return origin === undefined ? {} : { "access-control-allow-origin": origin, vary: "Origin" };
}

/** The answer to a browser that asks before it sends; `undefined` where nothing is asked, or for another method. */
export function preflight({ method, headers }: LoopbackRequest): LoopbackAnswer | undefined {
  if (method !== "OPTIONS" || headers["access-control-request-method"] !== "POST") return undefined;
  const asked = headers["access-control-request-headers"];
  return {
    headers: {
      "access-control-allow-methods": "POST",
      ...(typeof asked === "string" && { "access-control-allow-headers": asked }),
    },
    body: "",
  };
}
