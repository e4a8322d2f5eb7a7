import { ownField, type Identity, ownText } from "@auth/core";

/** The user, the organization or the app that a token speaks for. */
export interface HuggingFaceIdentity extends Identity {
  readonly kind: "user" | "organization" | "app";
  /** 24 hexadecimal digits, which stay when the name changes. */
  readonly id: string;
  /** The handle: `ada`. */
  readonly label?: string;
  /** The name for people: `Ada Lovelace`. */
  readonly fullName?: string;
  /** Absent where the token may not see it, as fine-grained ones and those of OAuth. */
  readonly email?: string;
  /** What is known of the token itself. Absent for OAuth tokens. */
  readonly accessToken?: HuggingFaceAccessToken;
  /** The user's organizations, with what keeps this token from seeing one. */
  readonly organizations?: readonly HuggingFaceOrganization[];
}

/** A User Access Token, as its page shows it. */
export interface HuggingFaceAccessToken {
  /** The name that somebody gave it. */
  readonly name?: string;
  /** `read`, `write`, `fineGrained`, or one that Hugging Face adds later. */
  readonly role?: string;
}

/** An organization that a user belongs to. */
export interface HuggingFaceOrganization {
  readonly id: string;
  /** The handle. */
  readonly label?: string;
  /** Why the token cannot see it: `mfa`, `sso`, `ip`, `token-policy`, `token-revoked`. Absent where it can. */
  readonly restrictions?: readonly string[];
}

const kinds: ReadonlyMap<unknown, HuggingFaceIdentity["kind"]> = new Map([
  ["org", "organization"],
  ["app", "app"],
]);

/**
 * Reads the answer of `GET /api/whoami-v2`. Only the id is needed; everything else may be missing or odd, and depends on
 * what the token may see.
 *
 * @see https://huggingface.co/docs/hub/api (read 2026-11)
 */
export function identify(body: unknown): HuggingFaceIdentity | undefined {
  const id = ownText(body, "id");
  if (id === undefined) return undefined;
  const [label, fullName, email] = ["name", "fullname", "email"].map((name) => ownText(body, name));
  const accessToken = readAccessToken(ownField(ownField(body, "auth"), "accessToken"));
  const organizations = readOrganizations(ownField(body, "orgs"));
  return {
    // The Hub's schema knows users alone, its client the other two.
    kind: kinds.get(ownField(body, "type")) ?? "user",
    id,
    ...(label !== undefined && { label }),
    ...(fullName !== undefined && { fullName }),
    ...(email !== undefined && { email }),
    ...(accessToken !== undefined && { accessToken }),
    ...(organizations.length > 0 && { organizations }),
  };
}

function readAccessToken(value: unknown): HuggingFaceAccessToken | undefined {
  const name = ownText(value, "displayName");
  const role = ownText(value, "role");
  if (name === undefined && role === undefined) return undefined;
  return { ...(name !== undefined && { name }), ...(role !== undefined && { role }) };
}

function readOrganizations(value: unknown): readonly HuggingFaceOrganization[] {
  return (Array.isArray(value) ? value : []).flatMap((organization: unknown) => {
    const id = ownText(organization, "id");
    if (id === undefined) return [];
    const label = ownText(organization, "name");
    const restrictions = textsOf(ownField(organization, "securityRestrictions"));
    return {
      id,
      ...(label !== undefined && { label }),
      ...(restrictions.length > 0 && { restrictions }),
    };
  });
}

function textsOf(value: unknown): readonly string[] {
  return (Array.isArray(value) ? value : []).filter((text) => typeof text === "string");
}
