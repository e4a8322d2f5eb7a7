import { defineProvider, fromEnv, header, type Provider } from "@auth/core";
import { fromCommand } from "@auth/core/node";

import { classify } from "./classify.ts";
import { identify, type TesseraIdentity } from "./tessera-identity.ts";

/** Options of {@link tessera}, beside those of every provider. */
export interface TesseraOptions {
  /** A command that prints the key, and its arguments: `["op", "read", "op://maps/tessera/key"]`. No shell is involved. */
  readonly keyCommand?: readonly [file: string, ...args: string[]];
}

/**
 * Tessera (maps): sends a project's key to Tessera's API, and nowhere else. The key is the option `token`, else what
 * `keyCommand` prints, else `TESSERA_API_KEY`. Calling this reads nothing; the first use does.
 */
export const tessera: Provider<TesseraOptions, TesseraIdentity> = defineProvider({
  specVersion: 1,
  id: "tessera",
  name: "Tessera",
  tokenUrl: "https://tessera.example/account/keys",
  setup({ keyCommand }: TesseraOptions, { now }) {
    const [file, ...args] = keyCommand ?? [];
    return {
      baseUrl: "https://api.tessera.example",
      // What a caller names comes before what the environment happens to hold. It exists, or that is an error.
      sources: [...(file === undefined ? [] : [fromCommand(file, args)]), fromEnv("TESSERA_API_KEY")],
      inject: header("x-api-key"),
      verify: { path: "/v1/key", identify },
      classify: (answer) => classify(answer, now),
      requestIdHeader: "x-trace-id",
    };
  },
});
