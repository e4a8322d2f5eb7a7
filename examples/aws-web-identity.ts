// A DNAnexus job takes on a role of AWS: no key of AWS is stored anywhere. The credentials serve any client of the AWS SDK,
// `new S3Client({ credentials: awsCredentials(role) })`. When they near their end, the client asks for others, and by then
// the job has another identity token. The role's trust policy decides by job-oidc.dnanexus.com:aud and :sub.
import { awsWebIdentity, dnanexus, type DNAnexusOptions, jobIdentityToken } from "@auth/dnanexus";
import { fromWebToken } from "@aws-sdk/credential-providers";

interface AwsRole {
  readonly roleArn: string;
  /** For the client of AWS's token service. */
  readonly clientConfig: { readonly region: string; readonly endpoint?: string };
}

export function awsCredentials(
  role: AwsRole,
  options: DNAnexusOptions = {},
): ReturnType<typeof fromWebToken> {
  const identity = jobIdentityToken(dnanexus(options), {
    audience: "sts.amazonaws.com",
    subjectClaims: ["project_id", "launched_by"],
  });
  return awsWebIdentity(identity, fromWebToken, role);
}
