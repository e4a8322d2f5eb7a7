import type { acmeAt } from "./acme.ts";
import type { Suite } from "./suite.ts";

/** Addresses of the provider's service and of a stranger's. */
export interface Site {
  readonly own: string;
  readonly foreign: string;
}

/** What the checks use. The packages are among it because they are imported by the first check. */
export interface Ground extends Suite, Site {
  readonly core: typeof import("@auth/core");
  readonly pylon: typeof import("@auth/pylon").pylon;
  /** The provider of a service that exists in these checks only, with a token in its environment. */
  readonly acme: ReturnType<typeof acmeAt>;
}
