import { failed, type Environment, variable } from "@auth/core";

/** Where an organization lives. A token works in one region only. */
export type PylonRegion = "us" | "eu";

interface RegionAddresses {
  /** Host name of the API. */
  readonly host: string;
  /** The page where an admin makes a token. */
  readonly tokenUrl: string;
}

/** A constant of its own, so that a bundler can leave the provider out of a program that does not use it. */
export const usTokenUrl = "https://app.usepylon.com/settings/api-tokens";

/** That the page has the same path in both regions is a likeness, not something that Pylon's documentation says. */
export const regions: Readonly<Record<PylonRegion, RegionAddresses>> = {
  us: { host: "api.usepylon.com", tokenUrl: usTokenUrl },
  eu: { host: "api.eu.usepylon.com", tokenUrl: "https://app.eu.usepylon.com/settings/api-tokens" },
};

export function otherRegion(region: PylonRegion): PylonRegion {
  return region === "us" ? "eu" : "us";
}

/**
 * The region of the option, else the one that a `baseUrl` is the address of, else `PYLON_REGION`, else `us`. Blank counts as
 * not given; upper case is the same.
 */
export function readRegion(option: unknown, env: Environment, baseUrl?: string): PylonRegion {
  return (
    parse(option, "the option region", 'Pass region: "us" or region: "eu".') ??
    regionAt(baseUrl) ??
    parse(variable(env, "PYLON_REGION"), "PYLON_REGION", "Set PYLON_REGION to us or eu, or unset it.") ??
    "us"
  );
}

/** The region whose own address this is, if it is one's. */
export function regionAt(baseUrl: string | undefined): PylonRegion | undefined {
  if (typeof baseUrl !== "string" || !URL.canParse(baseUrl)) return undefined;
  const { host } = new URL(baseUrl);
  return host === regions.us.host ? "us" : host === regions.eu.host ? "eu" : undefined;
}

/** The value itself is not quoted: what stands in the wrong variable may be the token. */
function parse(value: unknown, place: string, remedy: string): PylonRegion | undefined {
  const name = typeof value === "string" ? value.trim().toLowerCase() : value;
  if (name === undefined || name === "") return undefined;
  if (name === "us" || name === "eu") return name;
  throw failed(`${place} is neither "us" nor "eu"`, remedy);
}
