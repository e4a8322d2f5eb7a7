export { openLogin } from "@auth/core/node";
