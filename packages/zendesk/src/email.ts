import { failed } from "@auth/core";

/** The email in an option or a variable. Blank counts as not given. The value is not quoted. */
export function emailIn(value: unknown, place: string): string | undefined {
  const text = typeof value === "string" ? value.trim() : value;
  if (text === undefined || text === "") return undefined;
  // What follows a colon would be taken for the password. `/token` is what people copy along.
  const [, email] = typeof text === "string" ? (/^([^\s:@]+@[^\s:@]+?)(?:\/token)?$/.exec(text) ?? []) : [];
  if (email !== undefined) return email;
  throw failed(
    `${place} is not an email`,
    "Give the email of the token's user: the option email, or ZENDESK_EMAIL.",
  );
}
