// A DNAnexus job signs in to Google Cloud by workload identity federation: no key of Google is stored anywhere. The client
// serves Google's libraries as `authClient`. When its access token nears its end, it asks for the job's identity token that
// is valid then.
import { dnanexus, type DNAnexusOptions, gcpSubjectTokenSupplier, jobIdentityToken } from "@auth/dnanexus";
import { IdentityPoolClient } from "google-auth-library";

interface GcpPool {
  /** `//iam.googleapis.com/projects/…/locations/global/workloadIdentityPools/…/providers/…` */
  readonly audience: string;
  /** Google's token service, unless another one is given. */
  readonly tokenUrl?: string;
}

export function gcpClient(
  { audience, tokenUrl }: GcpPool,
  options: DNAnexusOptions = {},
): IdentityPoolClient {
  const identity = jobIdentityToken(dnanexus(options), { audience, subjectClaims: ["project_id"] });
  return new IdentityPoolClient({
    type: "external_account",
    audience,
    subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
    subject_token_supplier: gcpSubjectTokenSupplier(identity),
    ...(tokenUrl !== undefined && { token_url: tokenUrl }),
  });
}
