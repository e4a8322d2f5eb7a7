export { login, type LoginOptions, logout, savedLogin, type SavedLogin } from "./node/login.ts";
export type { LoginPlace, LoginStore } from "./node/login-store.ts";
export { pylon, type PylonNodeOptions } from "./node/pylon-with-login.ts";
