/** In place of `node/machine.ts`, for browsers and workers: see `imports` in `package.json`. There are no files there. */
export const fromFile = undefined;
/** There are no saved logins either. */
export const openLogin = undefined;
