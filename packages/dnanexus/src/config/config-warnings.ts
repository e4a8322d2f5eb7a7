import { type AuthOptions, isLoopback } from "@auth/core";

import { currentJob, isJobId } from "../job/job-environment.ts";
import type { ApiServer } from "./api-server.ts";
import { type ConfigLayer, type ConfigPlace, decide, valueIn } from "./config-layer.ts";
import { tokenIn } from "./security-context.ts";
import { sourceName } from "./token-sources.ts";

/** Where a token comes from. */
export interface TokenOrigin {
  readonly name: string;
  /** Absent for one that the program brings. */
  readonly place?: ConfigPlace;
}

/** What is odd about the configuration, and still works. `server`: absent where the option `baseUrl` replaces it. */
export function configWarnings(
  layers: readonly ConfigLayer[],
  server: ApiServer | undefined,
  option: AuthOptions["token"],
): readonly string[] {
  const token = expectedToken(option, layers);
  // A program that brings its own token and address is in no job as far as they go.
  const isBrought = server === undefined && isGiven(option);
  const job = isBrought ? undefined : currentJob(layers);
  return [
    ...(server?.warnings ?? []),
    ...serverMismatchWarning(server, token, layers),
    ...(job !== undefined && server?.plainHttp === true && !isLoopback(new URL(server.baseUrl).hostname)
      ? [
          `The job's API server is ${server.baseUrl}, plain http: everything on its network can read the token.`,
        ]
      : []),
    ...(job !== undefined && !isJobId(job.id)
      ? ["DX_JOB_ID is not a valid job ID; this is treated as a job all the same."]
      : []),
    ...brokenPlaces(layers, option),
    ...layers.flatMap((layer) => layer.warnings()),
  ];
}

/** Whether the program brings a token. Blank counts as not given. */
export function isGiven(option: AuthOptions["token"]): boolean {
  return typeof option === "string" ? option.trim() !== "" : option !== undefined;
}

/** Whoever names the server gets the token: a file or variable from elsewhere could lead somebody's token to itself. */
export function serverMismatchWarning(
  server: ApiServer | undefined,
  token: TokenOrigin | undefined,
  layers: readonly ConfigLayer[],
): string[] {
  if (server === undefined || token === undefined) return [];
  const fromEnvironment = token.place?.kind === "variable";
  const own = layers.find(({ place }) => place === token.place);
  const foreign = server.named.filter(
    ({ key, text, place }) =>
      place !== token.place &&
      !(fromEnvironment && place.kind === "environment") &&
      // Where the token's own place names the same, nobody leads it away.
      !(own !== undefined && valueIn(own, key)?.toLowerCase() === text.toLowerCase()),
  );
  if (foreign.length === 0) return [];
  const named = [...Map.groupBy(foreign, ({ place }) => place)].map(([place, settings]) =>
    place.kind === "environment"
      ? list(settings.map(({ key }) => place.nameOf(key)))
      : `${list(settings.map(({ key }) => key))} in ${place.nameOf("DX_APISERVER_HOST")}`,
  );
  return [
    `The token from ${token.name} goes to ${server.baseUrl}, a server that another place names (${named.join("; ")}): make sure that it is meant for it.`,
  ];
}

/** Where the token is expected to come from, without asking anybody; `undefined` where no place has one that can be used. */
function expectedToken(
  option: AuthOptions["token"],
  layers: readonly ConfigLayer[],
): TokenOrigin | undefined {
  // Whatever else somebody passed for a token is for core to refuse.
  if (isGiven(option))
    return { name: (typeof option === "object" ? option?.name : undefined) ?? "option token" };
  const layer = decide(layers, "DX_SECURITY_CONTEXT")?.layer;
  return layer === undefined || tokenIn(layer).state !== "set"
    ? undefined
    : { name: sourceName(layer), place: layer.place };
}

// A broken file that would have decided about the token ends the search by itself, and about the address, the setup.
function brokenPlaces(layers: readonly ConfigLayer[], option: AuthOptions["token"]): string[] {
  const deciding = isGiven(option) ? undefined : decide(layers, "DX_SECURITY_CONTEXT");
  const lesser = layers.slice(deciding === undefined ? 0 : layers.indexOf(deciding.layer) + 1);
  return lesser.flatMap(({ place, broken }) => {
    const reading = broken();
    return reading === undefined
      ? []
      : [`${place.nameOf("DX_SECURITY_CONTEXT")} takes no part, and ${reading.problem}. ${reading.remedy}`];
  });
}

function list(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
