import { decodeIdentityToken } from "@auth/dnanexus";
import { type FakeDNAnexus, startFakeDNAnexus } from "@auth/dnanexus/testing";
import { type LoopbackAnswer, type LoopbackServer, startLoopbackServer } from "@auth/testing";
import { expect, it, onTestFinished } from "vitest";

import { awsCredentials } from "./aws-web-identity.ts";
import { gcpClient } from "./gcp-web-identity.ts";

/** What the clouds give out in these tests. */
const secret = "canary-cloud-3b7e1d9a5c2f8046";

async function fakeDNAnexus(): Promise<FakeDNAnexus> {
  const fake = await startFakeDNAnexus({ tokens: { "not-a-secret": "alice" } });
  onTestFinished(fake.close);
  return fake;
}

async function serve(answer: () => LoopbackAnswer): Promise<LoopbackServer> {
  const server = await startLoopbackServer(answer);
  onTestFinished(() => server.close());
  return server;
}

const formOf = (server: LoopbackServer, index: number): Record<string, string> =>
  Object.fromEntries(new URLSearchParams(server.requests[index]?.body));

it("aws-web-identity: the role is taken on with the job's identity token, anew each time", async () => {
  const fake = await fakeDNAnexus();
  const sts = await serve(() => ({ headers: { "content-type": "text/xml" }, body: assumedRole }));
  const role = {
    roleArn: "arn:aws:iam::123456789012:role/dx",
    clientConfig: { region: "us-east-1", endpoint: sts.url },
  };
  const credentials = awsCredentials(role, { env: fake.jobEnvironment({ launchedWith: "not-a-secret" }) });

  expect(await credentials()).toMatchObject({
    accessKeyId: "AKIDEXAMPLE",
    secretAccessKey: secret,
    expiration: new Date("2030-01-01T00:00:00Z"),
  });
  await credentials();
  expect(sts.requests).toHaveLength(2);
  const { WebIdentityToken = "", ...asked } = formOf(sts, 1);
  expect(asked).toMatchObject({
    Action: "AssumeRoleWithWebIdentity",
    RoleArn: role.roleArn,
    RoleSessionName: "dnanexus_job-BBBBBBBBBBBBBBBBBBBBBBBB",
  });
  expect(decodeIdentityToken(WebIdentityToken)).toMatchObject({
    audience: ["sts.amazonaws.com"],
    subject: "project_id;project-AAAAAAAAAAAAAAAAAAAAAAAA;launched_by;user-alice",
  });
});

it("gcp-web-identity: the job's identity token is exchanged for an access token", async () => {
  const fake = await fakeDNAnexus();
  const sts = await serve(() => ({
    body: {
      access_token: secret,
      issued_token_type: "urn:ietf:params:oauth:token-type:access_token",
      token_type: "Bearer",
      expires_in: 3600,
    },
  }));
  const audience = "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/dx";
  const client = gcpClient(
    { audience, tokenUrl: `${sts.url}/v1/token` },
    { env: fake.jobEnvironment({ launchedWith: "not-a-secret" }) },
  );

  expect((await client.getAccessToken()).token).toBe(secret);
  const { subject_token: token = "", ...asked } = formOf(sts, 0);
  expect(asked).toMatchObject({
    grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
    audience,
    subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
  });
  expect(decodeIdentityToken(token)).toMatchObject({ audience: [audience], launchedBy: "user-alice" });
});

const assumedRole = `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <AssumeRoleWithWebIdentityResult>
    <AssumedRoleUser>
      <Arn>arn:aws:sts::123456789012:assumed-role/dx/dnanexus_job</Arn>
      <AssumedRoleId>AROAEXAMPLE:dnanexus_job</AssumedRoleId>
    </AssumedRoleUser>
    <Credentials>
      <AccessKeyId>AKIDEXAMPLE</AccessKeyId>
      <SecretAccessKey>${secret}</SecretAccessKey>
      <SessionToken>session</SessionToken>
      <Expiration>2030-01-01T00:00:00Z</Expiration>
    </Credentials>
  </AssumeRoleWithWebIdentityResult>
  <ResponseMetadata><RequestId>c6104cbe-af31-11e0-8154-cbc7ccf896c7</RequestId></ResponseMetadata>
</AssumeRoleWithWebIdentityResponse>`;
