/** In place of `node/logins.ts`, for browsers and workers: see `imports` in `package.json`. There are no saved logins there. */
export const openLogin = undefined;
