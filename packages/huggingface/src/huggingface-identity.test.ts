import { expect, it } from "vitest";

import { identify } from "./huggingface-identity.ts";

const id = "6a61f0c2e4b0d81f2a3c4d5e";

it("is a user, with the token's name and role, and what keeps it from an organization", () => {
  const body = {
    type: "user",
    id,
    name: "ada",
    fullname: "Ada Lovelace",
    email: "ada@example.com",
    orgs: [
      { id: "o-1", name: "acme", fullname: "Acme" },
      { id: "o-2", name: "strict", securityRestrictions: ["mfa", "ip"] },
    ],
    auth: { type: "access_token", accessToken: { displayName: "deploy", role: "read" } },
  };
  expect(identify(body)).toEqual({
    kind: "user",
    id,
    label: "ada",
    fullName: "Ada Lovelace",
    email: "ada@example.com",
    accessToken: { name: "deploy", role: "read" },
    organizations: [
      { id: "o-1", label: "acme" },
      { id: "o-2", label: "strict", restrictions: ["mfa", "ip"] },
    ],
  });
});

it("is a user without an email for a fine-grained token, as recorded", () => {
  const recorded =
    '{"type":"user","id":"6a61f0c2e4b0d81f2a3c4d5e","name":"ada","fullname":"Ada","canPay":false,"billingMode":"prepaid","periodEnd":1785542400,"isPro":false,"avatarUrl":"/avatars/c2.svg","orgs":[],"auth":{"type":"access_token","accessToken":{"displayName":"deploy","role":"fineGrained","createdAt":"2026-07-23T10:27:03.276Z","fineGrained":{"canReadGatedRepos":true,"global":["discussion.write"],"scoped":[]}}}}';
  expect(identify(JSON.parse(recorded))).toEqual({
    kind: "user",
    id,
    label: "ada",
    fullName: "Ada",
    accessToken: { name: "deploy", role: "fineGrained" },
  });
});

it.each([
  ["an organization", { type: "org", id, name: "acme" }, { kind: "organization", id, label: "acme" }],
  ["an app", { type: "app", id, name: "ci", scope: {} }, { kind: "app", id, label: "ci" }],
  ["a user of a type that nobody knows yet", { type: "robot", id }, { kind: "user", id }],
  ["a user, for a token of OAuth", { type: "user", id, auth: { type: "oauth" } }, { kind: "user", id }],
  [
    "a user, whatever else is odd",
    {
      id,
      name: 7,
      fullname: "",
      email: null,
      orgs: [null, {}, { id: "o", name: [], securityRestrictions: "mfa" }],
      auth: [],
    },
    { kind: "user", id, organizations: [{ id: "o" }] },
  ],
])("is %s", (_, body, identity) => {
  expect(identify(body)).toEqual(identity);
});

it.each([
  ["nobody's", { type: "user", name: "ada" }],
  ["a page", "<title>Log in</title>"],
  ["nothing", undefined],
  ["a list", [{ id }]],
  ["an id of another type", { id: 7 }],
  ["the prototype's", Object.create({ id })],
])("is nobody in %s", (_, body) => {
  expect(identify(body)).toBeUndefined();
});
