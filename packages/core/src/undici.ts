export { type AnyAuth, authInterceptor } from "./adapters/undici.ts";
