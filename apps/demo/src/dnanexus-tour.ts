import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";

import { type Auth, describeIdentity, dnanexus } from "@auth/dnanexus";
import type { FakeDNAnexus } from "@auth/dnanexus/testing";
import { authInterceptor } from "@auth/dnanexus/undici";
import ky from "ky";
import { Agent, request } from "undici";

import { failing } from "./failing.ts";
import type { Foreign } from "./foreign.ts";
import { foreignOrigin } from "./foreign-origin.ts";
import type { Finding, Step } from "./step.ts";

/** DNAnexus, from a saved login to the token of a job. `token` is one that the fake service knows. */
export async function dnanexusTour(
  fake: FakeDNAnexus,
  token: string,
  folder: string,
  foreign: Foreign,
): Promise<Step[]> {
  const config = path.join(folder, "dnanexus_config");
  await saveLogin(config, fake, token);
  const auth = dnanexus({ env: { DX_USER_CONF_DIR: config }, sessions: false });
  const step = (name: string, run: () => Promise<Finding>): Step => ({
    service: "DNAnexus",
    step: name,
    run: async () => shortened(await run()),
  });

  return [
    step("find the token", () => findToken(auth)),
    step("verify it", () => verify(auth)),
    step("call with fetch", () => callWithFetch(auth)),
    step("call with ky", () => callWithKy(auth)),
    step("call with undici", () => callWithUndici(auth)),
    step("inside a job", () => insideJob(fake, token)),
    step("a job whose launcher logged out", () => jobOfLoggedOut(fake)),
    step("a refused token", () => refusedToken(fake)),
    step("a foreign origin", () => foreignOrigin(auth, foreign, "/file")),
  ];
}

/** What `dx login` writes: the toolkit's own file, in a folder of this run. */
async function saveLogin(config: string, fake: FakeDNAnexus, token: string): Promise<void> {
  await mkdir(config, { mode: 0o700 });
  const saved = `${JSON.stringify(fake.environment(token), null, 4)}\n`;
  await writeFile(path.join(config, "environment.json"), saved, { mode: 0o600 });
}

async function findToken(auth: Auth): Promise<Finding> {
  const { outcome } = await auth.explain();
  return { source: await sourceOf(auth), outcome: "the login that dx saved", ok: outcome === "found" };
}

async function verify(auth: Auth): Promise<Finding> {
  const { identity, token } = await auth.verify();
  return {
    source: token.source,
    outcome: `speaks for ${describeIdentity(identity)}`,
    ok: identity.kind === "user",
  };
}

/** Every method of the service is a POST with a JSON object. */
const post = { method: "POST", body: "{}", headers: { "content-type": "application/json" } } as const;

async function callWithFetch(auth: Auth): Promise<Finding> {
  const { status } = await auth.fetch("/system/findProjects", post);
  return {
    source: await sourceOf(auth),
    outcome: `POST /system/findProjects gives ${status}`,
    ok: status === 200,
  };
}

async function callWithKy(auth: Auth): Promise<Finding> {
  const api = ky.create({ baseUrl: auth.baseUrl, fetch: auth.fetch });
  const { id } = await api.post("system/whoami", { json: {} }).json<{ id: string }>();
  return {
    source: await sourceOf(auth),
    outcome: `POST /system/whoami gives ${id}`,
    ok: id.startsWith("user-"),
  };
}

async function callWithUndici(auth: Auth): Promise<Finding> {
  const dispatcher = new Agent().compose(authInterceptor(auth));
  const { statusCode, body } = await request(`${auth.baseUrl}/system/whoami`, { dispatcher, ...post });
  await body.dump();
  await dispatcher.close();
  return {
    source: await sourceOf(auth),
    outcome: `POST /system/whoami gives ${statusCode}`,
    ok: statusCode === 200,
  };
}

async function insideJob(fake: FakeDNAnexus, token: string): Promise<Finding> {
  const auth = dnanexus({ env: fake.jobEnvironment({ launchedWith: token }), sessions: false });
  const { identity, token: derived } = await auth.verify();
  const { job } = identity;
  return {
    source: derived.source,
    outcome: `speaks for ${describeIdentity(identity)} in ${job?.id}, ${job?.projectId}, ${job?.workspaceId}`,
    ok: job !== undefined && derived.source.includes(job.id),
  };
}

function jobOfLoggedOut(fake: FakeDNAnexus): Promise<Finding> {
  const launcher = "a-token-that-launches-a-job";
  fake.addToken(launcher, "alice");
  const env = fake.jobEnvironment({ launchedWith: launcher, id: `job-${"R".repeat(24)}` });
  fake.revokeToken(launcher);
  const auth = dnanexus({ env, sessions: false });
  const source = `env DX_SECURITY_CONTEXT (job ${env["DX_JOB_ID"]})`;
  return failing(auth.verify(), source, "AUTH_TOKEN_REJECTED");
}

function refusedToken(fake: FakeDNAnexus): Promise<Finding> {
  const auth = dnanexus({ baseUrl: fake.url, token: "no-longer-valid", env: {}, sessions: false });
  return failing(auth.verify(), "option token", "AUTH_TOKEN_REJECTED");
}

async function sourceOf(auth: Auth): Promise<string> {
  return (await auth.token()).source;
}

/** Long ids, and the folder of this run, tell nobody anything. */
function shortened({ source, outcome, ok }: Finding): Finding {
  const short = (text: string): string =>
    text.replace(/ \S*(?=\/environment\.json)/, " …").replaceAll(/\b([a-z]+-.{3})\w{20,}/g, "$1…");
  return { source: short(source), outcome: short(outcome), ok };
}
