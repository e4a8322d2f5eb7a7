export { fromCommand, type FromCommandOptions } from "./sources/from-command.ts";
export { fromFile, type FromFileOptions } from "./sources/from-file.ts";
