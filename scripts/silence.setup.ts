// A test that writes to the console fails: what a test prints, a program could print too, a token with it.
import { afterEach, beforeEach } from "vitest";

const methods = ["debug", "error", "info", "log", "trace", "warn"] as const;
const original = { ...console };
let printed: string[] = [];

beforeEach(() => {
  printed = [];
  for (const method of methods)
    console[method] = (...values: unknown[]) => void printed.push(values.join(" "));
});

afterEach(() => {
  Object.assign(console, original);
  if (printed.length > 0) throw new Error(`This was printed to the console:\n${printed.join("\n")}`);
});
