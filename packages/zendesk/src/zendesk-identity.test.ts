import { describe, expect, it } from "vitest";

import { identify, isAnonymous } from "./zendesk-identity.ts";

const ada = {
  id: 35_436,
  url: "https://acme.zendesk.com/api/v2/users/35436.json",
  name: "Ada",
  email: "ada@example.com",
  role: "admin",
  authenticity_token: "canary-zendesk-2b9e4f6a8c0d1357",
};

describe("the user of a token", () => {
  it("is told, without the secret that stands beside it", () => {
    expect(identify({ user: ada })).toEqual({
      kind: "user",
      id: "35436",
      label: "Ada",
      email: "ada@example.com",
      role: "admin",
    });
    expect(identify({ user: { id: 1 } })).toEqual({ kind: "user", id: "1" });
  });

  it("keeps the whole of an id that no JavaScript number can hold", () => {
    const body = JSON.parse(
      '{"user":{"id":9007199254740993,"url":"https://acme.zendesk.com/api/v2/users/9007199254740993.json"}}',
    ) as unknown;
    expect(identify(body)?.id).toBe("9007199254740993");
    expect(identify({ user: { id: 2 ** 60 } })).toBeUndefined();
  });

  it.each([null, 0, -1, "35436", undefined])(
    "is nobody where the id is %j, whatever name and role say",
    (id) => {
      const body = { user: { ...ada, id } };
      expect(identify(body)).toBeUndefined();
      expect(isAnonymous(body)).toBe(true);
    },
  );

  it("is neither somebody nor the anonymous user in an answer of another kind", () => {
    for (const body of [
      {},
      { user: null },
      { user: [] },
      { users: [ada] },
      [],
      null,
      "Anonymous user",
      undefined,
    ]) {
      expect(identify(body)).toBeUndefined();
      expect(isAnonymous(body)).toBe(false);
    }
    expect(isAnonymous({ user: ada })).toBe(false);
  });
});
