export { defineLogins, type LoginOptions, type Logins, type LoginsScheme } from "./logins/define-logins.ts";
export type { LoginPlace, LoginSlot, LoginStore, OpenLogin } from "./logins/login-slot.ts";
export {
  accountOf,
  readAccount,
  type SavedAccount,
  savedLogins,
  type SavedLogins,
  type SavedLoginsScheme,
} from "./logins/saved-logins.ts";
