export { fromFile, type FromFileOptions } from "./sources/from-file.ts";
