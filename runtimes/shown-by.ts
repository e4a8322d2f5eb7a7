/** Everything that this runtime makes of a value when it is printed. */
export function shownBy(value: unknown): string[] {
  const { Bun, Deno } = globalThis as {
    Bun?: { inspect: (value: unknown, options: object) => string };
    Deno?: { inspect: (value: unknown, options: object) => string };
  };
  const util = globalThis.process?.getBuiltinModule?.("node:util");
  return [
    String(value),
    JSON.stringify(value),
    Bun?.inspect(value, { depth: 9 }),
    Deno?.inspect(value, { depth: 9, showHidden: true, getters: true }),
    util?.inspect(value, { depth: 9, showHidden: true }),
    util?.format("%s %o %O %j", value, value, value, value),
  ].filter((text) => text !== undefined);
}
