import { process } from "../platform.ts";
import type { IdentityTokenFile, IdentityTokenFileOptions, Wait } from "./identity-token-file.ts";
import type { JobIdentityToken } from "./job-identity-token.ts";

/**
 * Keeps the current identity token in a file, for tools that read one: the AWS command line and the SDKs, Nextflow. The
 * token stands in it alone, without a line break; the file is for this user alone (0600) and is replaced as a whole, so that
 * no reader sees half of one. A new token is put there when a fifth of the old one's life is left. The refreshing does not
 * keep the program running. `~/` at the beginning of the path is the user's home; the directory has to exist.
 *
 * @throws {AuthError} `AUTH_PROVIDER_INVALID` when the file cannot be written; otherwise as `token` of the identity. Only
 * the first token's failure is thrown.
 */
export async function writeIdentityTokenFile(
  identity: JobIdentityToken,
  path: string,
  options: IdentityTokenFileOptions = {},
): Promise<IdentityTokenFile> {
  // Few programs are in a job, and fewer write such a file.
  const { keepIdentityTokenFile } = await import("./identity-token-file.ts");
  const { setTimeout: pause } = process.getBuiltinModule("node:timers/promises");
  const unreferenced: Wait = (ms, signal) => pause(ms, undefined, { signal, ref: false });
  return keepIdentityTokenFile(identity, path, options, unreferenced);
}
