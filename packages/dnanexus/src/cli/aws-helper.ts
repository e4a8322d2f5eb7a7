import type { Protocol } from "@auth/cli";
import { AuthError, isLoopback, variable } from "@auth/core";

import { type DNAnexusIdentity, jobIdentityToken } from "../index.ts";
import { awsSessionName } from "../job/aws-web-identity.ts";

/** Larger than any answer of STS. Characters. */
const longestAnswer = 100_000;

/**
 * AWS's `credential_process`: a role taken on with the job's identity token. Reads `AWS_ROLE_ARN`, and `AWS_ROLE_SESSION_NAME`,
 * `AWS_ENDPOINT_URL_STS` and `AWS_REGION` where they are set. The identity token goes to STS alone.
 *
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html (read 2026-11)
 */
export const awsHelper: Protocol<DNAnexusIdentity> = async ({ auth, env }) => {
  const roleArn = variable(env, "AWS_ROLE_ARN")?.trim();
  if (!roleArn)
    throw failure("AWS_ROLE_ARN is not set.", "Set AWS_ROLE_ARN to the role that the job takes on.");
  const identity = jobIdentityToken(auth, { audience: "sts.amazonaws.com" });
  const token = await identity.token();
  const endpoint = endpointOf(env);
  const answer = await ask(endpoint, {
    Action: "AssumeRoleWithWebIdentity",
    Version: "2011-06-15",
    RoleArn: roleArn,
    RoleSessionName: variable(env, "AWS_ROLE_SESSION_NAME")?.trim() || awsSessionName(identity),
    WebIdentityToken: token.reveal(),
  });
  const fact = (name: string): string => {
    const value = elementIn(answer, name);
    if (value !== undefined) return value;
    throw failure(`STS at ${endpoint.origin} answered without ${name}.`, "Check AWS_ENDPOINT_URL_STS.");
  };
  return JSON.stringify({
    Version: 1,
    AccessKeyId: fact("AccessKeyId"),
    SecretAccessKey: fact("SecretAccessKey"),
    SessionToken: fact("SessionToken"),
    Expiration: fact("Expiration"),
  });
};

function endpointOf(env: Readonly<Record<string, string | undefined>>): URL {
  const region = (variable(env, "AWS_REGION") ?? variable(env, "AWS_DEFAULT_REGION"))?.trim();
  const usual = region ? `https://sts.${region}.amazonaws.com` : "https://sts.amazonaws.com";
  const url = URL.parse(variable(env, "AWS_ENDPOINT_URL_STS")?.trim() || usual);
  if (url === null || (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopback(url.hostname))))
    throw failure(
      "AWS_ENDPOINT_URL_STS is no https address.",
      "Give it as in https://sts.eu-central-1.amazonaws.com.",
    );
  return url;
}

async function ask(endpoint: URL, fields: Record<string, string>): Promise<string> {
  const response = await fetch(endpoint.href, {
    method: "POST",
    body: new URLSearchParams(fields),
    redirect: "error",
    signal: AbortSignal.timeout(20_000),
  }).catch(() => {
    // Not the platform's own error: it could quote what was sent.
    throw failure(`STS at ${endpoint.origin} gave no answer.`, "Check the network and AWS_ENDPOINT_URL_STS.");
  });
  const text = (await response.text()).slice(0, longestAnswer);
  if (response.ok) return text;
  const code = elementIn(text, "Code") ?? "no code";
  throw failure(
    `STS refused the role (status ${response.status}, ${code}).`,
    "Check the role's trust policy: its conditions on job-oidc.dnanexus.com:aud and :sub.",
  );
}

/** STS answers in XML, whose elements that matter hold plain text: letters, digits, and what base64 has beside them. */
function elementIn(xml: string, name: string): string | undefined {
  return new RegExp(`<${name}>([\\w+/=.:-]{1,4096})</${name}>`).exec(xml)?.[1];
}

function failure(message: string, remedy: string): AuthError {
  return new AuthError("AUTH_TOKEN_SOURCE_FAILED", { provider: "dnanexus", message, remedy });
}
