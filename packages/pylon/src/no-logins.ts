/** In place of `node/logins.ts`, for browsers and workers: see `imports` in `package.json`. It has no imports, and so is small. */
export const logins = undefined;

/** Why there are none, and what to do. */
export const absence = [
  "a saved login needs Node.js, Bun or Deno (of a bundler, the condition node)",
  "Pass the option token.",
] as const;
