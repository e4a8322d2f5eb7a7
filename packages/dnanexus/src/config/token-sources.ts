import { failed, found, type SourceResult, type TokenSource, unavailable } from "@auth/core";

import { type JobEnvironment, jobIn } from "../job/job-environment.ts";
import type { ConfigLayer } from "./config-layer.ts";
import { securityContextForm, tokenIn } from "./security-context.ts";
import type { TokenVariable } from "./environment-place.ts";

const key = "DX_SECURITY_CONTEXT";

/**
 * One token source for each place, so that each has its line in an explanation. Each search begins a new look at the
 * places: a `dx login` that was made in the meantime counts. `unread` names the variables that hold a token and do not count.
 */
export function tokenSources(look: Look, unread: () => readonly TokenVariable[]): readonly TokenSource[] {
  let layers = look();
  return layers.map(({ place }, index) => ({
    name: place.nameOf(key),
    immediate: true,
    resolve(): SourceResult {
      if (index === 0) layers = look();
      const hiding = layers.slice(0, index).find((higher) => tokenIn(higher).state === "hidden");
      if (hiding !== undefined)
        return unavailable(`${place.nameOf(key)} is not looked at: ${hiding.place.nameOf(key)} decides`);
      const layer = layers[index] ?? place.read();
      const reading = tokenIn(layer);
      switch (reading.state) {
        case "set":
          return found(reading.value(), { source: sourceName(layer) });
        case "hidden":
          return unavailable(reading.reason, reading.remedy);
        case "broken":
          throw failed(`${place.nameOf(key)} cannot be used, since ${reading.problem}`, reading.remedy);
        default:
          // The remedy stands at the end alone: one that a place before it gives is closer to what is wrong.
          return unavailable(reading.reason, index === layers.length - 1 ? firstLogin(unread()) : undefined);
      }
    },
  }));
}

/** Looks at the places of a configuration, the highest first. */
export type Look = () => readonly ConfigLayer[];

/** Where a token was found. A place that names a job holds the token that was derived for the job. */
export function sourceName(layer: ConfigLayer): string {
  const name = layer.place.nameOf(key);
  const job = jobIn(layer);
  return job === undefined ? name : `${name} (job ${job.id})`;
}

/** The job that a token was derived for, by where it was found; `undefined` for every other token. */
export function jobOfSource(source: string, layers: readonly ConfigLayer[]): JobEnvironment | undefined {
  const layer = source.includes(" (job ") ? layers.find((one) => sourceName(one) === source) : undefined;
  return layer === undefined ? undefined : jobIn(layer);
}

function firstLogin([name]: readonly TokenVariable[]): string {
  const otherwise = `un dx login, or set ${key} to ${securityContextForm}, or log in with login() or loginWithToken() of @auth/dnanexus.`;
  return name === undefined
    ? `R${otherwise}`
    : `Pass alsoRead: ["${name}"] to use the token in ${name}, r${otherwise}`;
}
