import { ownField, ownText } from "@auth/core";
import type { LoopbackAnswer, LoopbackRequest } from "@auth/testing/loopback";

import { problemAnswer, problems, successAnswer } from "./envelope.ts";
import type { KnownToken } from "./token-table.ts";

/** A model that the service has. */
export interface FakeAnthropicModel {
  readonly id: string;
  readonly display_name: string;
  readonly created_at: string;
}

/** A request that has come past route, credential and version. */
interface AcceptedRequest {
  readonly request: LoopbackRequest;
  /** The last part of the path, where the route has one. */
  readonly id: string;
  readonly token: KnownToken;
  readonly models: readonly FakeAnthropicModel[];
}

interface Operation {
  /** Who may use it. An OAuth token needs the scope. */
  readonly kinds: readonly KnownToken["kind"][];
  readonly scope?: string;
  readonly handle: (accepted: AcceptedRequest) => LoopbackAnswer;
}

const inference = { kinds: ["key", "oauth"], scope: "workspace:inference" } as const;
const administration = { kinds: ["admin", "oauth"], scope: "org:admin" } as const;

/** By method and path; a path may end in `{id}`. */
export const operations: Readonly<Record<string, Operation>> = {
  "GET /v1/models": {
    ...inference,
    handle({ request, models, token }) {
      const { searchParams } = new URL(request.url, "http://localhost");
      const after = models.findIndex(({ id }) => id === searchParams.get("after_id")) + 1;
      const page = models.slice(after, after + (Number(searchParams.get("limit")) || 20));
      const body = {
        data: page.map((model) => ({ type: "model", ...model })),
        has_more: after + page.length < models.length,
        first_id: page[0]?.id ?? null,
        last_id: page.at(-1)?.id ?? null,
      };
      return successAnswer(body, token);
    },
  },
  "GET /v1/models/{id}": {
    ...inference,
    handle({ id, models, token }) {
      const model = models.find((each) => each.id === id);
      return model === undefined
        ? problemAnswer(problems.notFound)
        : successAnswer({ type: "model", ...model }, token);
    },
  },
  "POST /v1/messages/count_tokens": {
    ...inference,
    handle: ({ request, token }) =>
      successAnswer({ input_tokens: Math.ceil(request.body.length / 4) }, token),
  },
  "POST /v1/messages": {
    ...inference,
    handle({ request, token }) {
      const asked = parsed(request.body);
      const model = ownText(asked, "model");
      if (model === undefined) return problemAnswer(problems.badRequest);
      const message = {
        id: `msg_${crypto.randomUUID().replaceAll("-", "").slice(0, 24)}`,
        type: "message",
        role: "assistant",
        model,
        content: [{ type: "text", text: "Hello" }],
        stop_reason: "end_turn",
        stop_sequence: null,
        usage: { input_tokens: 8, output_tokens: 1 },
      };
      return ownField(asked, "stream") === true
        ? successAnswer(eventsOf(message), token, "text/event-stream")
        : successAnswer(message, token);
    },
  },
  "GET /v1/organizations/me": {
    ...administration,
    handle: ({ token }) =>
      successAnswer(
        { id: token.organization.id, type: "organization", name: token.organization.name },
        token,
      ),
  },
  "GET /v1/organizations/api_keys": {
    ...administration,
    handle: ({ token }) => successAnswer({ data: [], has_more: false, first_id: null, last_id: null }, token),
  },
};

/** The events in which a message comes when it is streamed. */
function eventsOf(message: object): string {
  const [text] = [{ type: "text", text: "" }];
  const events: readonly (readonly [string, object])[] = [
    ["message_start", { message: { ...message, content: [], stop_reason: null } }],
    ["content_block_start", { index: 0, content_block: text }],
    ["content_block_delta", { index: 0, delta: { type: "text_delta", text: "Hello" } }],
    ["content_block_stop", { index: 0 }],
    [
      "message_delta",
      { delta: { stop_reason: "end_turn", stop_sequence: null }, usage: { output_tokens: 1 } },
    ],
    ["message_stop", {}],
  ];
  return events
    .map(([type, data]) => `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`)
    .join("");
}

/** JSON, or nothing. */
export function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
