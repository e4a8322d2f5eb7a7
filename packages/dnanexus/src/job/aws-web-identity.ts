import type { JobIdentityToken } from "./job-identity-token.ts";

/**
 * Credentials for clients of the AWS SDK, for the option `credentials`: each time the SDK wants new ones, a role is taken on
 * with the identity token that is valid then.
 *
 * @param fromWebToken That of `@aws-sdk/credential-providers`, which takes the token as a text and so would keep the first.
 * @param init Its options without the token. Default for `roleSessionName`: `dnanexus_` and the job's id.
 */
export function awsWebIdentity<
  Init extends { readonly webIdentityToken: string; readonly roleSessionName?: string | undefined },
  Arguments extends readonly unknown[],
  Credentials,
>(
  identity: JobIdentityToken,
  fromWebToken: (init: Init) => (...args: Arguments) => Promise<Credentials>,
  init: Omit<Init, "webIdentityToken">,
): (...args: Arguments) => Promise<Credentials> {
  return async (...args) => {
    const token = await identity.token();
    const roleSessionName = awsSessionName(identity);
    return fromWebToken({ roleSessionName, ...init, webIdentityToken: token.reveal() } as unknown as Init)(
      ...args,
    );
  };
}

/** The name under which AWS logs what the job does, as DNAnexus's own programs make it. */
export function awsSessionName(identity: Pick<JobIdentityToken, "job">): string {
  return `dnanexus_${identity.job() ?? ""}`.replace(/[^\w+=,.@-]/g, "-").slice(0, 64);
}
