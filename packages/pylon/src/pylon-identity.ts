import { ownField, type Identity, ownText } from "@auth/core";

/** The organization that a token speaks for, and the user that the token acts as. */
export interface PylonIdentity extends Identity {
  readonly kind: "organization";
  /** The organization's id. */
  readonly id: string;
  /** The organization's name. */
  readonly label?: string;
  /** Absent where Pylon does not tell; it did not before mid-2026. */
  readonly user?: PylonUser;
}

/** The user that a token acts as. */
export interface PylonUser {
  /** For an API token, the id of a user made for it. */
  readonly id: string;
  /** Absent for an API token: its user cannot log in. */
  readonly email?: string;
}

/**
 * Reads the answer of `GET /me`. Only the organization's id is needed; everything else may be missing or odd.
 *
 * @see https://docs.usepylon.com/pylon-docs/developer/api (read 2026-11)
 */
export function identify(body: unknown): PylonIdentity | undefined {
  const data = ownField(body, "data");
  const id = ownText(data, "id");
  if (id === undefined) return undefined;
  const label = ownText(data, "name");
  const user = readUser(ownField(data, "user"));
  return {
    kind: "organization",
    id,
    ...(label !== undefined && { label }),
    ...(user !== undefined && { user }),
  };
}

function readUser(value: unknown): PylonUser | undefined {
  const id = ownText(value, "id");
  const email = ownText(value, "email");
  return id === undefined ? undefined : { id, ...(email !== undefined && { email }) };
}
