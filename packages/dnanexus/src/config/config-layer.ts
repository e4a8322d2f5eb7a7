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

/** What a look for something gives: a file, a name's value, a token. */
export type Reading<T> =
  | { readonly state: "set"; readonly value: T }
  | { readonly state: "absent"; readonly reason: string }
  /** It says that there is none, and hides what lesser places say: `null`, or a login that was ended. */
  | { readonly state: "hidden"; readonly reason: string; readonly remedy: string }
  | Broken;

/** Something is there and cannot be used. The problem is a clause that quotes nothing of what is there. */
interface Broken {
  readonly state: "broken";
  readonly problem: string;
  readonly remedy: string;
}

/** One place that configuration comes from. */
export interface ConfigPlace {
  readonly kind: "environment" | "variable" | "session" | "user" | "machine";
  /** For people: `env DX_JOB_ID`, `file /etc/dnanexus/environment.json`. */
  readonly nameOf: (key: ConfigKey) => string;
  /** Of a place that is one. */
  readonly directory?: string;
  /** Begins a new look. */
  readonly read: () => ConfigLayer;
}

/** One look at a place: each of its files is read when it is first asked about, and once. */
export interface ConfigLayer {
  readonly place: ConfigPlace;
  readonly get: (key: ConfigKey) => Reading<string>;
  /** What is wrong with the whole place, if anything. */
  readonly broken: () => Broken | undefined;
  readonly warnings: () => readonly string[];
}

/** The highest layer that says anything of a name. */
export interface Decision {
  readonly layer: ConfigLayer;
  readonly reading: Exclude<Reading<string>, { readonly state: "absent" }>;
}

/** Precedence is key by key: the first of the layers, highest first, that has the name decides about it. */
export function decide(layers: readonly ConfigLayer[], key: ConfigKey): Decision | undefined {
  for (const layer of layers) {
    const reading = layer.get(key);
    if (reading.state !== "absent") return { layer, reading };
  }
  return undefined;
}

/** A name's value where the layer has one. */
export function valueIn(layer: ConfigLayer, key: ConfigKey): string | undefined {
  const reading = layer.get(key);
  return reading.state === "set" ? reading.value : undefined;
}
