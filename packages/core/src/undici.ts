export { type AnyAuth, authInterceptor } from "./requests/undici/interceptor.ts";
