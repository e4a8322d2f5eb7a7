import { expect, it } from "vitest";

import { identify } from "./pylon-identity.ts";

const acme = { kind: "organization", id: "o-1" };

it.each([
  [
    "an organization with an API token's user",
    { id: "o-1", name: "Acme", user: { id: "u-1" } },
    { ...acme, label: "Acme", user: { id: "u-1" } },
  ],
  [
    "a person's email",
    { id: "o-1", user: { id: "u-1", email: "ada@example.com" } },
    { ...acme, user: { id: "u-1", email: "ada@example.com" } },
  ],
  ["an empty email as none", { id: "o-1", user: { id: "u-1", email: "" } }, { ...acme, user: { id: "u-1" } }],
  ["an answer from before mid-2026, without a user", { id: "o-1", name: "Acme" }, { ...acme, label: "Acme" }],
  ["an organization without a name", { id: "o-1", name: "" }, acme],
  ["a name, user and email of other types as none", { id: "o-1", name: 7, user: "u-1" }, acme],
  ["a user without an id as none", { id: "o-1", user: { email: "ada@example.com" } }, acme],
  [
    "a user whose email is an object without it",
    { id: "o-1", user: { id: "u-1", email: {} } },
    { ...acme, user: { id: "u-1" } },
  ],
])("reads %s", (_, data, identity) => {
  expect(identify({ data, request_id: "r-1" })).toEqual(identity);
});

it.each([
  undefined,
  null,
  7,
  "o-1",
  [],
  {},
  { id: "o-1" },
  { data: null },
  { data: "o-1" },
  { data: [] },
  { data: {} },
  { data: { id: 7 } },
  { data: { id: " " } },
  { data: { user: { id: "u-1" } } },
  { data: Object.create({ id: "o-1" }) },
])("finds nobody in %j", (body) => {
  expect(identify(body)).toBeUndefined();
});
