/** The names that a program's login and server are made of, and those that the toolkit keeps beside them. */
export type ConfigKey =
  | "DX_APISERVER_PROTOCOL"
  | "DX_APISERVER_HOST"
  | "DX_APISERVER_PORT"
  | "DX_SECURITY_CONTEXT"
  | "DX_PROJECT_CONTEXT_ID"
  | "DX_WORKSPACE_ID"
  | "DX_JOB_ID"
  | "DX_CLI_WD"
  | "DX_USERNAME"
  | "DX_PROJECT_CONTEXT_NAME";

/** Names that also have a file of their own, which comes before the key in `environment.json` beside it. */
export const standaloneKeys: readonly ConfigKey[] = ["DX_CLI_WD", "DX_USERNAME", "DX_PROJECT_CONTEXT_NAME"];

/** What one place says of one name. */
export type ConfigValue =
  | { readonly state: "absent"; readonly reason: string }
  /** `null`: the place hides what lesser places say. */
  | { readonly state: "hidden" }
  | { readonly state: "set"; readonly text: string }
  /** Something is there and cannot be used. The problem is a clause that quotes nothing of what is there. */
  | { readonly state: "broken"; readonly problem: string; readonly remedy: string };

/** One place that configuration comes from. */
export interface ConfigPlace {
  readonly kind: "environment" | "variable" | "session" | "user" | "machine";
  /** For people: `env DX_JOB_ID`, `file /etc/dnanexus/environment.json`. */
  readonly nameOf: (key: ConfigKey) => string;
  /** Looks now. */
  readonly read: () => ConfigLayer;
}

/** What a place held at one moment. */
export interface ConfigLayer {
  readonly place: ConfigPlace;
  readonly get: (key: ConfigKey) => ConfigValue;
  /** Set where the whole place is broken. */
  readonly broken?: { readonly problem: string; readonly remedy: string };
  readonly warnings: readonly string[];
}

/** The highest layer that says anything of a name. */
export interface Decision {
  readonly layer: ConfigLayer;
  readonly value: Exclude<ConfigValue, { readonly state: "absent" }>;
}

/** Precedence is key by key: the first of the layers, highest first, that has the name decides about it. */
export function decide(layers: readonly ConfigLayer[], key: ConfigKey): Decision | undefined {
  for (const layer of layers) {
    const value = layer.get(key);
    if (value.state !== "absent") return { layer, value };
  }
  return undefined;
}
