import type { LoopbackRequest } from "@auth/testing/loopback";

/** The arguments of a call: of a form, of JSON, or of the query. JSON's texts and numbers only. */
export function argumentsOf({ url, headers, body }: LoopbackRequest): URLSearchParams {
  const type = headers["content-type"] ?? "";
  if (type.startsWith("application/x-www-form-urlencoded")) return new URLSearchParams(body);
  if (type.startsWith("application/json")) return new URLSearchParams(Object.entries(parsed(body)));
  return new URL(url, "http://localhost").searchParams;
}

/** The token that a request carries: in the header, whose word `Bearer` has a capital, else in the field of a form. */
export function sentToken(request: LoopbackRequest): string | undefined {
  const { headers, body } = request;
  const [, carried] = /^Bearer (\S+)$/.exec(headers.authorization ?? "") ?? [];
  const isForm = (headers["content-type"] ?? "").startsWith("application/x-www-form-urlencoded");
  return carried ?? (isForm ? (new URLSearchParams(body).get("token") ?? undefined) : undefined);
}

function parsed(body: string): Record<string, string> {
  try {
    const value: unknown = JSON.parse(body === "" ? "{}" : body);
    const members = Object.entries(Object(value) as Record<string, unknown>);
    return Object.fromEntries(members.map(([name, member]) => [name, asText(member)]));
  } catch {
    return {};
  }
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
