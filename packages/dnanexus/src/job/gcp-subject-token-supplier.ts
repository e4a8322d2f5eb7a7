import type { JobIdentityToken } from "./job-identity-token.ts";

/** What google-auth-library asks for the token of another issuer, each time it wants to exchange one. */
export interface SubjectTokenSupplier {
  getSubjectToken(): Promise<string>;
}

/**
 * For the option `subject_token_supplier` of google-auth-library's `IdentityPoolClient`, with `subject_token_type`
 * `urn:ietf:params:oauth:token-type:jwt`.
 *
 * @see https://cloud.google.com/iam/docs/workload-identity-federation (read 2026-11)
 */
export function gcpSubjectTokenSupplier(identity: JobIdentityToken): SubjectTokenSupplier {
  return { getSubjectToken: async () => (await identity.token()).reveal() };
}
