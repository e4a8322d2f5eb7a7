// Differs from basic.ts by being watched: each event of the auth becomes an OpenTelemetry span. No event holds a token.
import { subscribe, unsubscribe } from "node:diagnostics_channel";

import type { AuthEvent, AuthEventType } from "@auth/pylon";
import { SpanStatusCode, type Tracer } from "@opentelemetry/api";

/** For one auth: `pylon({ onEvent: spansOf(tracer) })`. */
export function spansOf(tracer: Tracer): (event: AuthEvent) => void {
  return ({ type, at, ...facts }) => {
    const { durationMs = 0, outcome, ...rest } = facts as { durationMs?: number; outcome?: string };
    const attributes = { ...rest, ...(outcome !== undefined && { outcome }) };
    const span = tracer.startSpan(`auth ${type}`, {
      startTime: at - durationMs,
      attributes: Object.fromEntries(
        Object.entries(attributes).map(([name, value]) => [`auth.${name}`, value]),
      ),
    });
    if (outcome === "failed" || outcome?.startsWith("AUTH_")) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end(at);
  };
}

const types: Record<AuthEventType, true> = {
  "source.tried": true,
  "token.loaded": true,
  "token.rejected": true,
  "header.attached": true,
  "header.withheld": true,
  "verify.done": true,
  "store.won": true,
  "store.held": true,
  "store.newer": true,
  "store.published": true,
  "store.lost": true,
  "store.failed": true,
};

/** For every auth of the process, whichever package made it. Gives back what ends it. */
export function watchAllAuths(tracer: Tracer): () => void {
  const toSpan = spansOf(tracer) as (event: unknown) => void;
  const channels = Object.keys(types).map((type) => `auth-providers:${type}`);
  for (const channel of channels) subscribe(channel, toSpan);
  return () => channels.forEach((channel) => unsubscribe(channel, toSpan));
}
