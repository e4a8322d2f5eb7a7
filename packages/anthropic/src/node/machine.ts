export { fromFile, openLogin } from "@auth/core/node";
