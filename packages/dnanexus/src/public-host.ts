import type { BlockList } from "node:net";
import process from "node:process";

/** Whether a URL's host is one of the service's own public names, or an address that is no private one. */
export function isPublic(hostname: string): boolean {
  // Not imported: only a job comes here, and every program would pay for it.
  const { isIP } = process.getBuiltinModule("node:net");
  const address = hostname.replace(/^\[|\]$/g, "");
  const version = isIP(address);
  return version === 0
    ? /(?:^|\.)dnanexus\.com\.?$/i.test(hostname)
    : !privateNetworks().check(address, version === 4 ? "ipv4" : "ipv6");
}

function privateNetworks(): BlockList {
  const networks = new (process.getBuiltinModule("node:net").BlockList)();
  networks.addSubnet("10.0.0.0", 8);
  networks.addSubnet("100.64.0.0", 10);
  networks.addSubnet("127.0.0.0", 8);
  networks.addSubnet("169.254.0.0", 16);
  networks.addSubnet("172.16.0.0", 12);
  networks.addSubnet("192.168.0.0", 16);
  networks.addSubnet("fc00::", 7, "ipv6");
  networks.addSubnet("fe80::", 10, "ipv6");
  networks.addAddress("::1", "ipv6");
  return networks;
}
