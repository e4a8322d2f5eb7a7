import process from "node:process";

import { showWaiting } from "../ask.ts";
import type { Call } from "../call.ts";
import { checkAnswer } from "../doctor/answer.ts";
import { checkCertificates } from "../doctor/certificates.ts";
import { checkConnection } from "../doctor/connection.ts";
import { checkEnvironmentFiles } from "../doctor/environment-files.ts";
import { failed, type Finding, ok, warning } from "../doctor/finding.ts";
import { checkHome } from "../doctor/home.ts";
import { checkProxy, proxyFor } from "../doctor/proxy.ts";
import { checkRuntime } from "../doctor/runtime.ts";
import { out, printJson } from "../output.ts";
import { messageOf } from "../print-error.ts";
import type { Run } from "../call.ts";

/** For each look. Milliseconds. */
const lookMs = 10_000;

/** Looks for what can go wrong between this machine and the service. The token goes to the service alone, and last. */
export const doctor: Run = async (call) => {
  const findings = await showWaiting("Looking", look(call));
  const sick = findings.filter(({ outcome }) => outcome === "failed").length;
  if (call.json) {
    printJson({ provider: call.command.provider.id, outcome: sick === 0 ? "ok" : "failed", findings });
  } else {
    out.heading(call.command.provider.name);
    for (const { check, outcome, detail, remedy } of findings)
      out.marked(outcome, `${check}: ${detail}${remedy === undefined ? "" : ` ${remedy}`}`);
  }
  return sick === 0 ? 0 : 1;
};

async function look({ auth, command, options }: Call): Promise<Finding[]> {
  const env = process.env;
  const explanation = await auth.explain();
  const here = [
    ...checkRuntime(),
    ...checkCertificates(env),
    ...checkHome(),
    ...checkEnvironmentFiles(command.variables ?? [command.variable], env),
  ];
  const sources = sourceFindings(explanation);
  if (explanation.baseUrl === undefined) return [...here, ...sources];

  const target = new URL(explanation.baseUrl);
  const timeoutMs = Math.min(options.timeoutMs ?? lookMs, lookMs);
  const proxy = proxyFor(target, env);
  const way = [
    ...(await checkProxy(proxy, target, timeoutMs)),
    // Behind a proxy, this machine need not know the name, nor reach the address.
    ...(proxy?.used === true ? [] : await checkConnection(target, timeoutMs)),
  ];
  const answer = way.some(({ outcome }) => outcome === "failed") ? [] : await checkAnswer(target, timeoutMs);
  const lost = answer.some(({ check, outcome }) => check === "answer" && outcome === "failed");
  // Without a way there, asking whose token it is would only say so once more.
  const token =
    explanation.outcome === "failed" || answer.length === 0 || lost ? [] : [await tokenFinding(auth)];
  return [...here, ...way, ...answer, ...sources, ...token];
}

function sourceFindings({
  attempts,
  warnings,
  error,
}: Awaited<ReturnType<Call["auth"]["explain"]>>): Finding[] {
  const used = attempts.find(({ outcome }) => outcome === "used")?.source;
  return [
    ...(used === undefined ? [] : [ok("source", `The token comes from ${used}.`)]),
    ...warnings.map((text) => warning("source", text, "Check that this is what you mean.")),
    ...(error === undefined ? [] : [failed("source", messageOf(error), error.remedy)]),
  ];
}

async function tokenFinding(auth: Call["auth"]): Promise<Finding> {
  const { identity, error } = await auth.explain({ verify: true });
  if (error !== undefined) return failed("token", messageOf(error), error.remedy);
  return ok("token", `The service accepts it: ${identity?.kind} ${identity?.label ?? identity?.id}.`);
}
