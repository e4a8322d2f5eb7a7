import { expect, it } from "vitest";

import { contextOf } from "../fixtures/context.ts";
import { expandSources } from "./expand.ts";
import { fromEnv } from "./from-env.ts";

it("reads the variable each time it is asked", async () => {
  const env: Record<string, string> = {};
  const source = fromEnv("ACME_TOKEN");
  expect(await source.resolve(contextOf({ env }))).toEqual({
    outcome: "unavailable",
    reason: "ACME_TOKEN is not set",
    remedy: "Set ACME_TOKEN to a token.",
  });
  env["ACME_TOKEN"] = "abc";
  expect(await source.resolve(contextOf({ env }))).toMatchObject({ outcome: "found" });
});

it.each(["", " ", "\n\t"])("counts %j as unset", async (blank) => {
  const result = await fromEnv("ACME_TOKEN").resolve(contextOf({ env: { ACME_TOKEN: blank } }));
  expect(result).toMatchObject({ outcome: "unavailable", reason: "ACME_TOKEN is empty" });
});

it("does not take what somebody put on Object.prototype", async () => {
  const name = "ACME_POLLUTED";
  Object.defineProperty(Object.prototype, name, { value: "polluted", configurable: true });
  try {
    expect(await fromEnv(name).resolve(contextOf())).toMatchObject({ outcome: "unavailable" });
  } finally {
    Reflect.deleteProperty(Object.prototype, name);
  }
});

it("stands for one source for each of its names", () => {
  expect(expandSources([fromEnv("A", "B")]).map(({ name }) => name)).toEqual(["env A", "env B"]);
});

it("says what to allow where the runtime does not let it read", () => {
  const env = new Proxy<Record<string, string>>(
    {},
    {
      getOwnPropertyDescriptor: () => {
        throw new Error('Requires env access to "ACME_TOKEN", run again with the --allow-env flag');
      },
    },
  );
  expect(() => fromEnv("ACME_TOKEN").resolve(contextOf({ env }))).toThrow(
    expect.objectContaining({
      message: "the variable ACME_TOKEN may not be read",
      remedy: expect.stringContaining("--allow-env=ACME_TOKEN"),
    }),
  );
});
