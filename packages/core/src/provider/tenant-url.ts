import { parseUrl } from "../requests/origins.ts";
import { ownProperties } from "../untrusted/own-properties.ts";
import { failed } from "../sources/source.ts";

/** A part of an address that differs from one customer of a service to another. */
export interface TenantPart {
  /** What the option or the variable says. Blank counts as not given. */
  readonly value: string | undefined;
  /** The variable that it may come from, for the remedy: `ZENDESK_SUBDOMAIN`. */
  readonly variable?: string | undefined;
}

/**
 * The address of one customer: `tenantUrl("https://{subdomain}.zendesk.com", { subdomain: { value, variable } })`. Each part is
 * named like the option that gives it, and is one label of a host name: letters, digits and hyphens, so that no part can lead to
 * another host. One that is missing or is something else is thrown as `AUTH_PROVIDER_INVALID` by the first use of the auth,
 * with the option and the variable to set, and without the value. Where the option `baseUrl` may replace the address, ask it
 * first: `options.baseUrl ?? tenantUrl(…)`.
 */
export function tenantUrl(template: string, parts: Readonly<Record<string, TenantPart>>): string {
  const given = ownProperties(parts);
  const url = template.replace(/\{([^{}]*)\}/g, (_, name: string) => labelOf(name, given[name]));
  if (parseUrl(url) !== undefined) return url;
  throw new TypeError("The template of tenantUrl does not make a URL.");
}

function labelOf(name: string, part: TenantPart | undefined): string {
  if (typeof part !== "object" || part === null)
    throw new TypeError(`tenantUrl was given no part for {${name}} of its template.`);
  const { value, variable } = ownProperties(part);
  const how = `the option ${name}${variable === undefined ? "" : ` or set ${variable}`}`;
  const blank: unknown = value ?? "";
  if (typeof blank === "string" && blank.trim() === "")
    throw failed(`the ${name} is not known, and with it the address`, `Pass ${how}.`);
  const label = typeof blank === "string" ? blank.trim().toLowerCase() : "";
  // RFC 1035, section 2.3.1: what a host name is made of, between its dots.
  if (/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(label)) return label;
  throw failed(
    `the ${name} is not one part of a host name`,
    `Pass ${how} as letters, digits and hyphens alone: not a whole address.`,
  );
}
