import { broken, found, type SourceResult, type TokenSource, unavailable } from "@auth/core";

import { type ConfigLayer, type ConfigPlace, decide } from "./config-layer.ts";
import { type JobEnvironment, jobIn } from "../job/job-environment.ts";
import { readSecurityContext, securityContextForm } from "./security-context.ts";
import type { TokenVariable } from "./variable-place.ts";

const key = "DX_SECURITY_CONTEXT";

/**
 * One token source for each place, so that each has its line in an explanation. They look anew each time: a `dx login`
 * that was made in the meantime counts.
 */
export function tokenSources(
  places: readonly ConfigPlace[],
  unread: () => readonly TokenVariable[],
): readonly TokenSource[] {
  return places.map((place, index) => ({
    name: place.nameOf(key),
    immediate: true,
    resolve(): SourceResult {
      const hiding = hidingPlace(places.slice(0, index).map((higher) => higher.read()));
      if (hiding !== undefined)
        return unavailable(`${place.nameOf(key)} is not looked at: ${hiding.nameOf(key)} decides`);
      const layer = place.read();
      const result = resolveIn(layer, index === places.length - 1 ? unread() : undefined);
      return result.outcome === "found" ? { ...result, source: sourceName(layer) } : result;
    },
  }));
}

/** Where a token was found. A place that names a job holds the token that was derived for the job. */
export function sourceName(layer: ConfigLayer): string {
  const name = layer.place.nameOf(key);
  const job = jobIn(layer);
  return job === undefined ? name : `${name} (job ${job.id})`;
}

/** The token that a place holds, whether or not it counts. */
export function tokenIn(layer: ConfigLayer): string | undefined {
  const value = layer.get(key);
  const context = value.state === "set" ? readSecurityContext(value.text) : undefined;
  return context?.state === "token" ? context.reveal().trim() : undefined;
}

/** The job that a token was derived for, by where it was found; `undefined` for every other token. */
export function jobOfSource(source: string, places: readonly ConfigPlace[]): JobEnvironment | undefined {
  if (!source.includes(" (job ")) return undefined;
  for (const place of places) {
    const layer = source.startsWith(place.nameOf(key)) ? place.read() : undefined;
    if (layer !== undefined && sourceName(layer) === source) return jobIn(layer);
  }
  return undefined;
}

/**
 * The place that ends the search without a token: precedence is key by key, so that a logged-out context or a `null`
 * hides the logins in lesser places.
 */
function hidingPlace(layers: readonly ConfigLayer[]): ConfigPlace | undefined {
  const decision = decide(layers, key);
  if (decision === undefined) return undefined;
  const { layer, value } = decision;
  const hides =
    value.state === "hidden" ||
    (value.state === "set" && readSecurityContext(value.text).state === "logged out");
  return hides ? layer.place : undefined;
}

/** `unread`: set in the last place, where nothing was found at all. */
function resolveIn(layer: ConfigLayer, unread: readonly TokenVariable[] | undefined): SourceResult {
  const { place } = layer;
  const value = layer.get(key);
  if (value.state === "absent") {
    // The remedy stands at the end alone: one that a place before it gives is closer to what is wrong.
    return unavailable(value.reason, unread === undefined ? undefined : firstLogin(unread));
  }
  if (value.state === "hidden") {
    return unavailable(`${key} is null in ${place.nameOf(key)}, which hides lesser logins`, "Run dx login.");
  }
  if (value.state === "broken") throw unusable(place, value.problem, value.remedy);
  const context = readSecurityContext(value.text);
  if (context.state === "token") return found(context.reveal());
  if (context.state === "logged out") return loggedOut(place);
  throw unusable(place, context.problem, correction(place));
}

function firstLogin([name]: readonly TokenVariable[]): string {
  const otherwise = `un dx login, or set ${key} to ${securityContextForm}.`;
  return name === undefined
    ? `R${otherwise}`
    : `Pass alsoRead: ["${name}"] to use the token in ${name}, r${otherwise}`;
}

function loggedOut(place: ConfigPlace): SourceResult {
  if (place.kind === "variable")
    return unavailable(`${place.nameOf(key)} holds PUBLIC, which means logged out`, "Unset it.");
  return place.kind === "environment"
    ? unavailable(
        `${key} holds the PUBLIC context, which means logged out`,
        `Unset ${key} to use the saved login, or set it to ${securityContextForm}.`,
      )
    : unavailable(`${place.nameOf(key)} holds the PUBLIC context, which means logged out`, "Run dx login.");
}

function correction(place: ConfigPlace): string {
  const form = `to ${securityContextForm}`;
  switch (place.kind) {
    case "environment":
      return `Set ${key} ${form}, or unset it to use the saved login.`;
    case "machine":
      return `Set ${key} in ${place.nameOf(key)} ${form}, as a JSON text within the JSON, or take it out.`;
    default:
      return `Run dx login, which writes ${place.nameOf(key)} anew.`;
  }
}

function unusable(place: ConfigPlace, problem: string, remedy: string): Error {
  return broken(`${place.nameOf(key)} cannot be used, since ${problem}`, remedy);
}
