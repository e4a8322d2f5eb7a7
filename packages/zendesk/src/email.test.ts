import { expect, it } from "vitest";

import { emailIn } from "./email.ts";

it.each([
  ["ada@example.com", "ada@example.com"],
  [" Ada@Example.com\n", "Ada@Example.com"],
  ["ada@example.com/token", "ada@example.com"],
  ["adà@example.com", "adà@example.com"],
  [" ", undefined],
  [undefined, undefined],
])("in %j is the email %j", (value, email) => {
  expect(emailIn(value, "ZENDESK_EMAIL")).toBe(email);
});

it.each(["ada", "ada@example.com:secret", "a da@example.com", "ada@example.com\nx", "@example.com", 7, {}])(
  "%j is none, which is said without it",
  (value) => {
    expect(() => emailIn(value, "ZENDESK_EMAIL")).toThrow(/^ZENDESK_EMAIL is not an email$/);
  },
);
