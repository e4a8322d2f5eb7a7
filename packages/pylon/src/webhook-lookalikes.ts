/**
 * The other product called Pylon whose way of signing a delivery shows, if one does. Both are found in code that is
 * meant for usepylon.com, where they verify nothing.
 */
export function lookalikeOf(
  signature: unknown,
  header: (name: string) => string | undefined,
): string | undefined {
  if (typeof signature === "string" && signature !== "") {
    if (/^hs256=/i.test(signature)) return "getpylon.com (solar design)";
    return /^sha256=|^t=\d*,\s*v1=/i.test(signature) ? "pylonid.eu (wallet identities)" : undefined;
  }
  const solar = ["pylon-webhook-signature", "pylon-webhook-timestamp", "pylon-webhook-version"];
  return solar.some((name) => header(name) !== undefined) ? "getpylon.com (solar design)" : undefined;
}
