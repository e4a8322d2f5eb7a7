import { readFileSync } from "node:fs";

import { expect, it } from "vitest";

import { draw, picture, playSession, wordsIn } from "./terminal-picture.ts";

it("shows what the command prints today: npm run docs:picture draws it", async () => {
  expect(wordsIn(readFileSync(picture, "utf8"))).toBe(wordsIn(draw(await playSession())));
}, 180_000);
