import { expect, it } from "vitest";

import { readRegion } from "./region.ts";

it.each([
  ["us where nothing is given", undefined, {}, "us"],
  ["PYLON_REGION where there is no option", undefined, { PYLON_REGION: "eu" }, "eu"],
  ["the option before PYLON_REGION", "us", { PYLON_REGION: "eu" }, "us"],
  ["PYLON_REGION in upper case and with a line break", undefined, { PYLON_REGION: " EU\n" }, "eu"],
  ["us where PYLON_REGION is blank", undefined, { PYLON_REGION: "  " }, "us"],
  ["PYLON_REGION where the option is blank", "", { PYLON_REGION: "eu" }, "eu"],
  ["the option, without a look at a PYLON_REGION that is wrong", "eu", { PYLON_REGION: "mars" }, "eu"],
])("takes %s", (_, option, env, region) => {
  expect(readRegion(option, env)).toBe(region);
});

it.each([
  ["that baseUrl is the address of, before PYLON_REGION", undefined, "https://api.eu.usepylon.com/", "eu"],
  ["of the option, before baseUrl's", "us", "https://api.eu.usepylon.com", "us"],
  [
    "of PYLON_REGION, where baseUrl is somebody else's",
    undefined,
    "https://api.eu.usepylon.com.evil.example",
    "us",
  ],
  ["of PYLON_REGION, where baseUrl is no URL", undefined, "api.eu.usepylon.com", "us"],
])("takes the region %s", (_, option, baseUrl, region) => {
  expect(readRegion(option, { PYLON_REGION: "us" }, baseUrl)).toBe(region);
});

it("takes nothing from the prototype of the environment", () => {
  expect(readRegion(undefined, Object.create({ PYLON_REGION: "eu" }))).toBe("us");
});

it.each([
  ["the option region", "mars", {}],
  ["the option region", 7, {}],
  ["PYLON_REGION", undefined, { PYLON_REGION: "mars" }],
])(
  "refuses another region, naming %s and the two that there are, and not quoting it",
  (place, option, env) => {
    const error = thrownBy(() => readRegion(option, env));
    expect(String(error)).toContain(`${place} is neither "us" nor "eu"`);
    expect(String(error)).not.toContain("mars");
    expect(error).toMatchObject({ remedy: expect.stringMatching(/\bus\b.*\beu\b/) });
  },
);

function thrownBy(task: () => unknown): unknown {
  try {
    return task();
  } catch (error) {
    return error;
  }
}
