import process from "node:process";

import { note, out, printJson } from "../output.ts";
import type { StartedFake } from "../provider-command.ts";
import type { Run } from "../call.ts";
import { UsageError } from "../usage-error.ts";

/** Starts the provider's fake service, and runs until it is stopped. */
export const fake: Run = async ({ command, json }, { values }) => {
  const scripts = ((values["script"] ?? []) as readonly string[]).map((text) =>
    scriptOf(text, command.fake.operations),
  );
  const service = await command.fake.start();
  for (const { operation, answer } of scripts) service.script(operation, answer);
  if (json) printJson({ url: service.url, environment: service.environment });
  else {
    out.line(`# ${command.provider.name} on this machine, until Ctrl-C. For another terminal:`);
    for (const [name, value] of Object.entries(service.environment))
      process.stdout.write(`export ${name}=${quoted(value)}\n`);
    // Where no variable leads to the address, it is an option.
    if (!Object.values(service.environment).some((value) => service.url.includes(value)))
      out.line(`# then: auth-${command.provider.id} verify --base-url ${service.url}`);
  }
  const watching = setInterval(() => tell(service), 100);
  let told = 0;
  function tell({ requests }: StartedFake): void {
    for (; told < requests.length; told += 1) {
      const request = requests[told];
      if (request !== undefined) note.line(`${request.method} ${request.path}`);
    }
  }
  await new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => resolve());
  });
  clearInterval(watching);
  tell(service);
  await service.close();
  return 0;
};

/** `me={"status":429}`, as typed. */
function scriptOf(text: string, operations: readonly string[]): { operation: string; answer: object } {
  const [, operation = "", json = ""] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (operation === "")
    throw new UsageError(
      `--script ${text} has another form than operation=answer. Operations: ${operations.join(", ")}.`,
    );
  let answer: unknown;
  try {
    answer = JSON.parse(json);
  } catch {
    answer = undefined;
  }
  if (typeof answer !== "object" || answer === null)
    throw new UsageError(
      `The answer in --script ${text} is not a JSON object, as in ${operation}={"status":429}.`,
    );
  return { operation, answer };
}

/** For a shell that reads the line. */
function quoted(value: string): string {
  return /^[\w./:@%+,-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;
}
