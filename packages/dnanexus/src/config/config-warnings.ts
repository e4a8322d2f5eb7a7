import { isLoopback } from "@auth/core";

import type { ApiServer } from "./api-server.ts";
import { type ConfigKey, type ConfigLayer, decide } from "./config-layer.ts";
import type { ExpectedToken } from "./expected-token.ts";
import { isJobId, type JobEnvironment } from "../job/job-environment.ts";

/** What the warnings look at. */
export interface SetupFacts {
  readonly layers: readonly ConfigLayer[];
  /** Absent where the option `baseUrl` replaces the configured server. */
  readonly server: ApiServer | undefined;
  readonly token: ExpectedToken | undefined;
  readonly job: JobEnvironment | undefined;
}

/** What is odd about the configuration, and still works. */
export function setupWarnings({ layers, server, token, job }: SetupFacts): readonly string[] {
  return [
    ...(server?.warnings ?? []),
    ...strangeServer(server, token, layers),
    ...plainHttpInJob(server, job),
    ...(job !== undefined && !isJobId(job.id)
      ? ["DX_JOB_ID has not the form of a job's id; this is taken for a job all the same."]
      : []),
    ...brokenLayers(layers, token),
    ...layers.flatMap(({ warnings }) => warnings),
  ];
}

/** Whoever names the server gets the token: a file or variable from elsewhere could lead somebody's token to itself. */
export function strangeServer(
  server: ApiServer | undefined,
  token: ExpectedToken | undefined,
  layers: readonly ConfigLayer[],
): string[] {
  if (server === undefined || token === undefined) return [];
  const fromEnvironment = token.place?.kind === "variable";
  const own = layers.find(({ place }) => place === token.place);
  const strange = server.named.filter(
    ({ key, text, place }) =>
      place !== token.place &&
      !(fromEnvironment && place.kind === "environment") &&
      !(own !== undefined && says(own, key, text)),
  );
  if (strange.length === 0) return [];
  const named = [...Map.groupBy(strange, ({ place }) => place)].map(([place, settings]) =>
    place.kind === "environment"
      ? list(settings.map(({ key }) => place.nameOf(key)))
      : `${list(settings.map(({ key }) => key))} in ${place.nameOf("DX_APISERVER_HOST")}`,
  );
  return [
    `The token from ${token.name} goes to ${server.baseUrl}, a server that another place names (${named.join("; ")}): make sure that it is meant for it.`,
  ];
}

// Where the token's own place names the same, nobody leads it away.
function says(layer: ConfigLayer, key: ConfigKey, text: string): boolean {
  const value = layer.get(key);
  return value.state === "set" && value.text.toLowerCase() === text.toLowerCase();
}

function list(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

function plainHttpInJob(server: ApiServer | undefined, job: JobEnvironment | undefined): string[] {
  if (job === undefined || server?.plainHttp !== true || isLoopback(new URL(server.baseUrl).hostname))
    return [];
  return [
    `The job's API server is ${server.baseUrl}, plain http: everything on its network can read the token.`,
  ];
}

// A broken file that would have decided about the token ends the search by itself, and about the address, the setup.
function brokenLayers(layers: readonly ConfigLayer[], token: ExpectedToken | undefined): string[] {
  const byOption = token !== undefined && token.place === undefined;
  const decision = byOption ? undefined : decide(layers, "DX_SECURITY_CONTEXT");
  const lesser = layers.slice(decision === undefined ? 0 : layers.indexOf(decision.layer) + 1);
  return lesser.flatMap(({ place, broken }) =>
    broken === undefined
      ? []
      : [`${place.nameOf("DX_SECURITY_CONTEXT")} takes no part, and ${broken.problem}. ${broken.remedy}`],
  );
}
