// One auth for each tenant, in a cache of a bounded size.
// #region copy
import { type Auth, pylon } from "@auth/pylon";
import { LRUCache } from "lru-cache";

export function authsOfTenants(tokenOf: (tenant: string) => Promise<string>): (tenant: string) => Auth {
  const auths = new LRUCache<string, Auth>({ max: 1000 });
  return (tenant) => {
    const held = auths.get(tenant) ?? pylon({ env: {}, token: () => tokenOf(tenant) });
    auths.set(tenant, held);
    return held;
  };
}
// #endregion
