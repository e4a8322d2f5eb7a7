/** In place of `node/machine.ts`, for browsers and workers: see `imports` in `package.json`. There are no saved logins there. */
export const openLogin = undefined;

/** As little is there a keychain. */
export const zcliKeychain = undefined;
