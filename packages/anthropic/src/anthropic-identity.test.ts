import { expect, it } from "vitest";

import { identifyAdmin, identifyKey } from "./anthropic-identity.ts";

const organization = "0b6d7d0a-5f7e-4a52-8d1c-6a1d2f6f0c33";

function ofKey(headers: Record<string, string>, body: unknown = { data: [] }) {
  return identifyKey(body, { headers: new Headers(headers) });
}

it("of a key is in the answer's headers: the organization, and the workspace where there is one", () => {
  const headers = { "anthropic-organization-id": organization, "anthropic-workspace-id": "wrkspc_01" };
  expect(ofKey(headers)).toEqual({ kind: "organization", id: organization, workspaceId: "wrkspc_01" });
  expect(ofKey({ "anthropic-organization-id": organization }, undefined)).toEqual({
    kind: "organization",
    id: organization,
  });
});

it("of a key is nobody where a gateway leaves the headers out", () => {
  expect(ofKey({})).toBeUndefined();
  expect(ofKey({ "anthropic-organization-id": " ", "anthropic-workspace-id": "wrkspc_01" })).toBeUndefined();
});

it("of an admin key is in the body, with the organization's name", () => {
  expect(identifyAdmin({ id: organization, type: "organization", name: "Acme" })).toEqual({
    kind: "organization",
    id: organization,
    label: "Acme",
  });
  expect(identifyAdmin({ id: organization, name: 7 })).toEqual({ kind: "organization", id: organization });
});

it.each([
  ["a list of models", { data: [] }],
  ["a page", "<title>Log in</title>"],
  ["nothing", undefined],
  ["a list", [{ id: organization }]],
  ["the prototype's", Object.create({ id: organization })],
])("of an admin key is nobody in %s", (_, body) => {
  expect(identifyAdmin(body)).toBeUndefined();
});
