import type { Identity } from "../identity.ts";
import { isHeaderName } from "./header-injection.ts";
import { isHeaderValue } from "../token/header-value.ts";
import { ownProperties } from "../untrusted/own-properties.ts";
import type { VerifyEndpoint } from "./definition.ts";

/** An endpoint to verify at, as own properties; or what keeps it from being used, as a clause. */
export function readEndpoint<I extends Identity>(given: unknown): VerifyEndpoint<I> | string {
  if (typeof given !== "object" || given === null) return "verify has no path and no identify function";
  const endpoint = ownProperties(given as VerifyEndpoint<I>);
  if (typeof endpoint.identify !== "function" || typeof endpoint.path !== "string" || endpoint.path === "")
    return "verify has no path or no identify function";
  const { method = "GET", headers = {} } = endpoint;
  if (method !== "GET" && method !== "POST") return "the method of verify is neither GET nor POST";
  const areHeaders =
    typeof headers === "object" &&
    Object.entries(headers).every(
      ([name, value]) => isHeaderName(name.toLowerCase()) && isHeaderValue(value),
    );
  return areHeaders ? endpoint : "the headers of verify are not names with texts that HTTP allows";
}
