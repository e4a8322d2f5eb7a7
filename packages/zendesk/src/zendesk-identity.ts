import { ownField, type Identity, isJsonObject, ownText } from "@auth/core";

/** The user that a token acts as. */
export interface ZendeskIdentity extends Identity {
  readonly kind: "user";
  /** The user's id. A number of 64 bits, so that it is a text here. */
  readonly id: string;
  /** The user's name. */
  readonly label?: string;
  /** Absent where the user has none. */
  readonly email?: string;
  /** `end-user`, `agent` or `admin`. */
  readonly role?: string;
}

/**
 * Reads the answer of `GET /api/v2/users/me`. Zendesk answers 200 to anybody: who is not known is a user without an id, called
 * "Anonymous user". So the id alone says that the token was accepted. `authenticity_token` beside it is a secret, and not read.
 *
 * @see https://developer.zendesk.com/api-reference/ticketing/users/users/#show-self (read 2026-11)
 */
export function identify(body: unknown): ZendeskIdentity | undefined {
  const user = ownField(body, "user");
  const id = idOf(user);
  if (id === undefined) return undefined;
  const [label, email, role] = ["name", "email", "role"].map((name) => ownText(user, name));
  return {
    kind: "user",
    id,
    ...(label !== undefined && { label }),
    ...(email !== undefined && { email }),
    ...(role !== undefined && { role }),
  };
}

/** Whether a 2xx answer is that of a user whom Zendesk does not know: it has no id, or one that is no positive number. */
export function isAnonymous(body: unknown): boolean {
  const user = ownField(body, "user");
  const id = ownField(user, "id");
  return (
    isJsonObject(user) &&
    !(Number(id) > 0 && typeof id === "number") &&
    (typeof id !== "object" || id === null)
  );
}

/** A positive integer. One that a JavaScript number cannot hold is taken from the user's own address, where it is a text. */
function idOf(user: unknown): string | undefined {
  const id = ownField(user, "id");
  if (!Number.isInteger(id) || Number(id) <= 0) return undefined;
  if (Number.isSafeInteger(id)) return String(id);
  return /\/users\/(\d{16,20})(?:\.json)?$/.exec(ownText(user, "url") ?? "")?.[1];
}
