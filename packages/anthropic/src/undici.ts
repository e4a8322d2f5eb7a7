export { type AnyAuth, authInterceptor } from "@auth/core/undici";
