import { ownField } from "@auth/core";
import type { LoopbackRequest } from "@auth/testing/loopback";

import type { PylonOperation } from "./operations.ts";
import { page, type PageRequest, type PylonObject } from "./page.ts";
import type { FakePylonToken } from "./token-table.ts";

/** What the service holds. */
export interface FakePylonData {
  readonly issues: readonly PylonObject[];
  readonly accounts: readonly PylonObject[];
}

/** A request that has come past routing, token, permission and rate limit. */
export interface AcceptedRequest {
  readonly request: LoopbackRequest;
  /** What the path has where its template says `{id}`. */
  readonly id: string | undefined;
  readonly token: Required<FakePylonToken>;
  readonly data: FakePylonData;
  /** Whether `/me` tells the user. */
  readonly user: boolean;
}

/** The body of a success without its `request_id`, or why there is none. */
export type Handled = { readonly body: object } | { readonly problem: "no_such_object" | "bad_request" };

export const handlers: Readonly<Record<PylonOperation, (accepted: AcceptedRequest) => Handled>> = {
  "GET /me": ({ token, user }) => ({
    body: { data: { ...token.organization, ...(user && { user: token.user }) } },
  }),
  "GET /issues": ({ request, data }) => ({ body: page(data.issues, fromQuery(request)) }),
  "GET /issues/{id}": ({ id, data }) => one(data.issues, id),
  "POST /issues/search": ({ request, data }) => search(data.issues, request),
  "GET /accounts": ({ request, data }) => ({ body: page(data.accounts, fromQuery(request)) }),
  "GET /accounts/{id}": ({ id, data }) => one(data.accounts, id),
};

function one(objects: readonly PylonObject[], id: string | undefined): Handled {
  const data = objects.find((object) => object.id === id);
  return data === undefined ? { problem: "no_such_object" } : { body: { data } };
}

/** Reads limit and cursor from the body; what the query says is ignored, as Pylon does. The filter is not applied. */
function search(objects: readonly PylonObject[], { body }: LoopbackRequest): Handled {
  try {
    const asked: unknown = body === "" ? {} : JSON.parse(body);
    return { body: page(objects, { limit: ownField(asked, "limit"), cursor: ownField(asked, "cursor") }) };
  } catch {
    return { problem: "bad_request" };
  }
}

function fromQuery({ url }: LoopbackRequest): PageRequest {
  const { searchParams } = new URL(url, "http://localhost");
  return { limit: searchParams.get("limit"), cursor: searchParams.get("cursor") };
}
