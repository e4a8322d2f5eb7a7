import { expect, it } from "vitest";

import { basic, bearer, header, injectionProblem } from "./header-injection.ts";
import { isHeaderValue } from "../token/header-value.ts";

it("sends a bearer token", () => {
  expect(bearer().header).toBe("authorization");
  expect(bearer().format("abc")).toBe("Bearer abc");
});

it("sends the token in a header of its own, in a form of its own", () => {
  expect(header("X-API-Key").header).toBe("x-api-key");
  expect(header("X-API-Key").format("abc")).toBe("abc");
  expect(header("authorization", (token) => `token ${token}`).format("abc")).toBe("token abc");
});

it("sends the token as the password of a user, in UTF-8", () => {
  expect(basic("ada").format("abc")).toBe(`Basic ${Buffer.from("ada:abc").toString("base64")}`);
  expect(basic("übung").format("abc")).toBe(`Basic ${Buffer.from("übung:abc").toString("base64")}`);
  expect(() => basic("a:b")).toThrow("colon");
});

it.each(["", "x key", "x:key", "x\nkey", "clé"])("refuses %j as a header's name", (name) => {
  expect(injectionProblem(header(name))).toBeDefined();
});

it("knows what may stand in a header", () => {
  expect(isHeaderValue("Bearer abc")).toBe(true);
  for (const value of ["", " a", "a ", "a\nb", "a\u0000", "é", undefined, 1])
    expect(isHeaderValue(value)).toBe(false);
});
