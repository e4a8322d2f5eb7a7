import { broken, field, textField } from "@auth/core";

import type { SavedRecord } from "../login-slot.ts";

/** Reads a kept login; whoever wrote it. `where` is named in what is thrown; what was found is not quoted. */
export function readRecord(value: unknown, where: string): SavedRecord {
  const token = textField(value, "token");
  const region = textField(value, "region");
  const organization = field(value, "organization");
  const id = textField(organization, "id");
  if (token === undefined || id === undefined || (region !== "us" && region !== "eu"))
    throw broken(`what is kept as ${where} is no login`, "Log in again with login().");
  const name = textField(organization, "name");
  return { token, region, organization: { id, ...(name !== undefined && { name }) } };
}

/** JSON, or why not, without its text. */
export function parseKept(text: string, where: string, remedy: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw broken(`${where} holds no JSON`, remedy);
  }
}
