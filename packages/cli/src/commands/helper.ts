import process from "node:process";

import { bazelHelper } from "../protocols/bazel.ts";
import { curlHelper } from "../protocols/curl.ts";
import { gitHelper } from "../protocols/git.ts";
import { headersHelper } from "../protocols/headers.ts";
import type { Protocol } from "../protocols/protocol.ts";
import { jsonHelper } from "../protocols/json.ts";
import { kubernetesHelper } from "../protocols/kubernetes.ts";
import { tokenHelper } from "../protocols/token.ts";
import { note } from "../output.ts";
import type { ProviderCommand } from "../provider-command.ts";
import { readStandardInput } from "../standard-input.ts";
import { protocolsOf } from "../protocols/protocols-of.ts";
import type { Run } from "../call.ts";
import { UsageError } from "../usage-error.ts";

const everyones: Readonly<Record<string, Protocol>> = {
  token: tokenHelper,
  json: jsonHelper,
  headers: headersHelper,
  bazel: bazelHelper,
  curl: curlHelper,
  kubernetes: kubernetesHelper,
};

/** Answers another tool in its own protocol. */
export const helper: Run = async ({ auth, command }, { operands: [protocol = "", ...operands], values }) => {
  const answerOf = helperOf(command, protocol);
  if (answerOf === undefined)
    throw new UsageError(
      `${command.provider.name} does not answer ${protocol}. It answers ${protocolsOf(command).join(", ")}.`,
    );
  const answer = await answerOf({
    auth,
    env: process.env,
    operands,
    prefix: prefixOf(values["prefix"]),
    input: readStandardInput,
  });
  if (answer === undefined) {
    note.marked("failed", `What was asked for does not belong to ${command.provider.name}: it gets nothing.`);
    return 1;
  }
  const { text, exitCode } = typeof answer === "string" ? { text: answer, exitCode: 0 } : answer;
  if (text !== "") process.stdout.write(`${text}\n`);
  return exitCode;
};

function helperOf({ git, helpers = {} }: ProviderCommand, protocol: string): Protocol | undefined {
  if (protocol === "git") return git && gitHelper(git);
  return [everyones, helpers].find((known) => Object.hasOwn(known, protocol))?.[protocol];
}

/** A scheme stands apart from the token by a space: `Bearer` is what is meant by `Bearer `. */
function prefixOf(typed: unknown): string {
  if (typed === undefined) return "";
  const prefix = typeof typed === "string" ? typed : "Bearer";
  return /\w$/.test(prefix) ? `${prefix} ` : prefix;
}
