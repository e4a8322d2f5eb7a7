import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";

import { describeIdentity, dnanexus } from "@auth/dnanexus";
import type { FakeDNAnexus } from "@auth/dnanexus/testing";
import { authInterceptor } from "@auth/dnanexus/undici";
import ky from "ky";
import { Agent, request } from "undici";

import { errorOf, failure, type Foreign, sourceOf } from "./pylon-tour.ts";
import type { Finding, Step } from "./step.ts";

/** DNAnexus, from a saved login to the token of a job. `token` is one that the fake service knows. */
export async function dnanexusTour(
  fake: FakeDNAnexus,
  token: string,
  folder: string,
  foreign: Foreign,
): Promise<Step[]> {
  // What `dx login` writes: the toolkit's own file, in a folder of this run.
  const { DX_SECURITY_CONTEXT, ...addresses } = fake.environment(token);
  const config = path.join(folder, "dnanexus_config");
  await mkdir(config, { mode: 0o700 });
  const saved = { DX_SECURITY_CONTEXT, ...addresses };
  await writeFile(path.join(config, "environment.json"), `${JSON.stringify(saved, null, 4)}\n`, {
    mode: 0o600,
  });

  const auth = dnanexus({ env: { DX_USER_CONF_DIR: config }, sessions: false });
  const step = (name: string, run: () => Promise<Finding>): Step => ({
    service: "DNAnexus",
    step: name,
    run,
  });
  const post = { method: "POST", body: "{}", headers: { "content-type": "application/json" } };

  return [
    step("find the token", async () => {
      const { outcome } = await auth.explain();
      return {
        source: shortened(await sourceOf(auth)),
        outcome: "the login that dx saved",
        ok: outcome === "found",
      };
    }),
    step("verify it", async () => {
      const { identity, token: used } = await auth.verify();
      return {
        source: shortened(used.source),
        outcome: `speaks for ${describeIdentity(identity)}`,
        ok: identity.kind === "user",
      };
    }),
    step("call with fetch", async () => {
      const { status } = await auth.fetch("/system/findProjects", post);
      return {
        source: shortened(await sourceOf(auth)),
        outcome: `POST /system/findProjects gives ${status}`,
        ok: status === 200,
      };
    }),
    step("call with ky", async () => {
      const api = ky.create({ baseUrl: auth.baseUrl, fetch: auth.fetch });
      const { id } = await api.post("system/whoami", { json: {} }).json<{ id: string }>();
      return {
        source: shortened(await sourceOf(auth)),
        outcome: `POST /system/whoami gives ${id}`,
        ok: id.startsWith("user-"),
      };
    }),
    step("call with undici", async () => {
      const dispatcher = new Agent().compose(authInterceptor(auth));
      const { statusCode, body } = await request(`${fake.url}/system/whoami`, { dispatcher, ...post });
      await body.dump();
      await dispatcher.close();
      return {
        source: shortened(await sourceOf(auth)),
        outcome: `POST /system/whoami gives ${statusCode}`,
        ok: statusCode === 200,
      };
    }),
    step("inside a job", async () => {
      const inJob = dnanexus({ env: fake.jobEnvironment({ launchedWith: token }), sessions: false });
      const { identity, token: derived } = await inJob.verify();
      const { job } = identity;
      const outcome = `speaks for ${describeIdentity(identity)} in ${job?.id}, ${job?.projectId}, ${job?.workspaceId}`;
      const isDerived = job !== undefined && derived.source.includes(job.id);
      return { source: shortened(derived.source), outcome: shortened(outcome), ok: isDerived };
    }),
    step("a job whose launcher logged out", async () => {
      const launcher = "a-token-that-launches-a-job";
      fake.addToken(launcher, "alice");
      const env = fake.jobEnvironment({ launchedWith: launcher, id: `job-${"R".repeat(24)}` });
      fake.revokeToken(launcher);
      const source = shortened(`env DX_SECURITY_CONTEXT (job ${env["DX_JOB_ID"]})`);
      return failure(
        await errorOf(dnanexus({ env, sessions: false }).verify()),
        source,
        "AUTH_TOKEN_REJECTED",
      );
    }),
    step("a refused token", async () => {
      const refused = dnanexus({ baseUrl: fake.url, token: "no-longer-valid", env: {}, sessions: false });
      return failure(await errorOf(refused.verify()), "option token", "AUTH_TOKEN_REJECTED");
    }),
    step("a foreign origin", async () => {
      const response = await auth.fetch(`${foreign.url}/file`);
      const bare = foreign.headersOf("/file")?.["authorization"] === undefined;
      return {
        source: "–",
        outcome: `${response.status} from ${foreign.url}, which got no token`,
        ok: response.ok && bare,
      };
    }),
  ];
}

/** Long ids, and the folder of this run, tell nobody anything. */
function shortened(text: string): string {
  return text.replace(/ \S*(?=\/environment\.json)/, " …").replaceAll(/\b([a-z]+-.{3})\w{20,}/g, "$1…");
}
