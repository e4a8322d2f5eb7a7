import type { BlockList } from "node:net";
import { process } from "../platform.ts";

/** What a name ends in that no public name does: reserved for networks of one's own, or a name of one part. */
const privateName = /^[^.]+\.?$|\.(?:internal|local|localdomain|lan|home\.arpa)\.?$/i;

/**
 * Whether a URL's host is on a network of one's own: an address of the private ranges, or a name that the internet does
 * not have. The URL has to be parsed, so that each address is there in one spelling.
 */
export function isPrivateHost(hostname: string): boolean {
  // Not imported: only a job comes here, and every program would pay for it.
  const { isIP } = process.getBuiltinModule("node:net");
  const address = hostname.replace(/^\[|\]$/g, "");
  const version = isIP(address);
  return version === 0
    ? privateName.test(hostname)
    : privateNetworks().check(address, version === 4 ? "ipv4" : "ipv6");
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
