import type { Explanation } from "./explain.ts";
import type { Identity } from "./identity.ts";
import type { SourceAttempt } from "./sources/attempt.ts";

const marks = { used: "✓", unavailable: "–", failed: "✗", "not tried": "·" } as const;

/** An explanation as a few lines for people, without colours and without a line break at the end. Holds no secret. */
export function formatExplanation(explanation: Explanation): string {
  const {
    provider,
    baseUrl,
    alsoOrigins = [],
    headers = {},
    attempts,
    warnings,
    identity,
    error,
  } = explanation;
  const width = Math.max(0, ...attempts.map(({ source }) => source.length));
  return [
    `${provider}: ${headline(explanation)}`,
    ...(baseUrl === undefined ? [] : [`  address   ${baseUrl}`]),
    ...alsoOrigins.map((origin) => `  also to   ${origin}`),
    ...Object.entries(headers).map(([name, value]) => `  header    ${name}: ${value}`),
    ...(identity === undefined ? [] : [`  identity  ${describeIdentity(identity)}`]),
    ...attempts.map((tried, index) => `  ${index === 0 ? "looked in" : "         "} ${lineOf(tried, width)}`),
    ...warnings.map((warning) => `  warning   ${warning}`),
    ...(error === undefined
      ? []
      : [`  problem   ${error.code}: ${error.message.replace(`${provider}: `, "")}`]),
  ].join("\n");
}

/** An identity in a few words: `organization Acme Support (5f0c…)`. */
export function describeIdentity({ kind, id, label }: Identity): string {
  return label === undefined ? `${kind} ${id}` : `${kind} ${label} (${id})`;
}

function headline({ outcome, attempts, error }: Explanation): string {
  const used = attempts.find((tried) => tried.outcome === "used")?.source;
  if (outcome === "verified") return `the token from ${used} is accepted`;
  if (outcome === "found") return `a token was found in ${used}; the service was not asked`;
  if (used === undefined)
    return attempts.length === 0 ? "it cannot be used as it is set up" : "there is no token to use";
  const isRefused = error?.code === "AUTH_TOKEN_REJECTED" || error?.code === "AUTH_TOKEN_EXPIRED";
  return `the token from ${used} ${isRefused ? "is refused" : "could not be checked"} (${error?.code})`;
}

function lineOf({ source, outcome, reason, detail }: SourceAttempt, width: number): string {
  const said = [reason, detail].filter((text) => text !== undefined);
  const why = said.length === 0 ? "" : `: ${said.join(" ")}`;
  return `${marks[outcome]} ${source.padEnd(width)}  ${outcome}${why}`;
}
