import { ownMember } from "./request-facts.ts";

/** What stops a request. By the fetch standard, `null` in the options stands for nothing, whatever the Request has. */
export function requestSignal(
  target: string | Request,
  init: RequestInit | undefined,
): AbortSignal | undefined {
  const given = init?.signal;
  if (given === null) return undefined;
  if (given === undefined) return typeof target === "string" ? undefined : ownMember(target, "signal");
  if (!isSignal(given))
    throw new TypeError("The option signal is no AbortSignal. Pass the controller's signal.");
  return given;
}

/** Whether this can stop something. Those of another realm or library are no instances of the platform's. */
export function isSignal(value: unknown): value is AbortSignal {
  const { aborted, addEventListener } = Object(value) as Partial<AbortSignal>;
  return typeof aborted === "boolean" && typeof addEventListener === "function";
}
