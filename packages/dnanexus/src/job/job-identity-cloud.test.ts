import { describe, expect, it } from "vitest";

import { fakeDNAnexus } from "../fixtures/sandbox.ts";
import {
  awsWebIdentity,
  decodeIdentityToken,
  dnanexus,
  gcpSubjectTokenSupplier,
  type JobIdentityToken,
  jobIdentityToken,
} from "../index.ts";

const start = 1_766_000_000_000;

async function inJob(id?: string): Promise<{ clock: { at: number }; identity: JobIdentityToken }> {
  const clock = { at: start };
  const now = (): number => clock.at;
  const fake = await fakeDNAnexus({ now });
  const env = fake.jobEnvironment(id === undefined ? {} : { id });
  return { clock, identity: jobIdentityToken(dnanexus({ env, now }), { audience: "cloud" }) };
}

const ends = (identityToken: string): number | undefined => decodeIdentityToken(identityToken).expiresAt;

/** Stands in for the SDK's function, and gives back what it was called with. */
interface Init {
  readonly roleArn: string;
  readonly roleSessionName?: string;
  readonly webIdentityToken: string;
}
const fromWebToken = (init: Init) => async (region: string) => ({ ...init, region });

describe("awsWebIdentity", () => {
  it("takes on the role with the token that is valid at each call", async () => {
    const { clock, identity } = await inJob();
    const credentials = awsWebIdentity(identity, fromWebToken, { roleArn: "arn:aws:iam::1:role/dx" });
    const first = await credentials("us-east-1");
    expect(first).toEqual({
      roleArn: "arn:aws:iam::1:role/dx",
      roleSessionName: "dnanexus_job-BBBBBBBBBBBBBBBBBBBBBBBB",
      webIdentityToken: (await identity.token()).reveal(),
      region: "us-east-1",
    });
    clock.at += 3_600_000;
    expect(ends((await credentials("us-east-1")).webIdentityToken)).toBe(clock.at + 300_000);
  });

  it("lets the caller name the session, and makes a name of any job's id that AWS takes", async () => {
    const { identity } = await inJob();
    const init = { roleArn: "arn", roleSessionName: "mine" };
    expect((await awsWebIdentity(identity, fromWebToken, init)("")).roleSessionName).toBe("mine");
    const odd = { ...identity, job: () => `job:${"x".repeat(80)}` };
    const { roleSessionName } = await awsWebIdentity(odd, fromWebToken, { roleArn: "arn" })("");
    expect(roleSessionName).toBe(`dnanexus_job-${"x".repeat(51)}`);
  });
});

describe("gcpSubjectTokenSupplier", () => {
  it("gives the token that is valid at each call", async () => {
    const { clock, identity } = await inJob();
    const supplier = gcpSubjectTokenSupplier(identity);
    expect(ends(await supplier.getSubjectToken())).toBe(start + 300_000);
    clock.at += 3_600_000;
    expect(ends(await supplier.getSubjectToken())).toBe(clock.at + 300_000);
  });
});
