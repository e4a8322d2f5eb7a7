import { expect, it } from "vitest";

import { tokenPath } from "./token-path.ts";

const HOME = "/home/ada";

it.each<[string, Record<string, string>, string | undefined]>([
  ["the cache of the home folder", { HOME }, "/home/ada/.cache/huggingface/token"],
  ["that of Windows", { USERPROFILE: "C:/Users/ada" }, "C:/Users/ada/.cache/huggingface/token"],
  ["XDG_CACHE_HOME", { HOME, XDG_CACHE_HOME: "/cache" }, "/cache/huggingface/token"],
  ["HF_HOME", { HOME, XDG_CACHE_HOME: "/cache", HF_HOME: "/hf" }, "/hf/token"],
  ["HF_TOKEN_PATH", { HOME, HF_HOME: "/hf", HF_TOKEN_PATH: "/run/secrets/hf" }, "/run/secrets/hf"],
  ["a home of HF_HOME", { HOME, HF_HOME: "~/hf" }, "/home/ada/hf/token"],
  ["variables in it", { HOME, DATA: "/data", HF_HOME: "$DATA/${TEAM}", TEAM: "ml" }, "/data/ml/token"],
  ["what is filled in, once", { HOME, A: "$B", B: "x", HF_TOKEN_PATH: "/$A" }, "/$B"],
  ["a variable that is not set", { HOME, HF_TOKEN_PATH: "/$NONE/token" }, "/$NONE/token"],
  ["a tilde that is no home", { HOME, HF_TOKEN_PATH: "~bob/token" }, "~bob/token"],
  ["a home by its tilde alone", { HOME, HF_TOKEN_PATH: "~" }, "/home/ada"],
  [
    "a blank variable as if it were unset",
    { HOME, HF_HOME: " ", HF_TOKEN_PATH: "" },
    "/home/ada/.cache/huggingface/token",
  ],
  ["no home", {}, undefined],
  ["no home for a tilde", { HF_TOKEN_PATH: "~/token" }, undefined],
  ["a path without a home", { HF_TOKEN_PATH: "/token" }, "/token"],
])("goes by %s", (_, env, path) => {
  expect(tokenPath(env)).toBe(path);
});
