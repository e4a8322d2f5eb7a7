import process from "node:process";

import { type AuthOptions, isAuthError } from "@auth/core";
import { type Argument, Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { wrapAnsi } from "fast-wrap-ansi";

import type { Flag } from "./flag.ts";
import { note } from "./output.ts";
import { printError } from "./print-error.ts";
import type { CommandOption, ProviderCommand } from "./provider-command.ts";
import { type Subcommand, subcommandsOf } from "./subcommand.ts";
import { Cancelled, UsageError } from "./usage-error.ts";

/**
 * Carries a call out. Gives the exit code: 0 well, 1 not, 2 a call that cannot be carried out as it was typed, 130 left
 * with Ctrl-C.
 */
export async function runProgram(command: ProviderCommand, args: readonly string[]): Promise<number> {
  let exitCode = 0;
  const program = createProgram(command, (code) => void (exitCode = code));
  try {
    await program.parseAsync([...args], { from: "user" });
    return exitCode;
  } catch (error) {
    // Help and version are no failures. What commander refuses is a usage error, and it has said why.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (error instanceof UsageError) {
      note.marked("failed", error.message);
      return 2;
    }
    if (error instanceof Cancelled) {
      note.marked("none", error.message);
      return 130;
    }
    throw error;
  }
}

function createProgram(command: ProviderCommand, done: (exitCode: number) => void): Command {
  const { provider } = command;
  const name = `auth-${provider.id}`;
  const program = new Command(name)
    .description(`The ${provider.name} token of this machine: where it is, whose it is, what is wrong.`)
    .enablePositionalOptions()
    .exitOverride()
    .showHelpAfterError(`Type ${name} --help for what there is.`)
    .configureHelp({
      minWidthToWrap: 20,
      subcommandTerm: (child) =>
        [child.name(), ...child.registeredArguments.map((operand) => operandTerm(operand))].join(" "),
    })
    .configureOutput({
      outputError: (text, write) => write(text.replace(/^error: /, "")),
      getOutHelpWidth: () => helpWidth(process.stdout),
      getErrHelpWidth: () => helpWidth(process.stderr),
    });
  for (const subcommand of subcommandsOf(command)) add(program, subcommand, command, done);
  return program;
}

function add(
  program: Command,
  subcommand: Subcommand,
  command: ProviderCommand,
  done: (exitCode: number) => void,
): void {
  const { name, summary, operands = [], flags = [], examples, more, passesThrough, withoutAuth } = subcommand;
  const child = program
    .command(name)
    .summary(summary)
    .description(`${capital(summary)}.`);
  for (const [pattern, description] of operands) child.argument(pattern, description);
  for (const flag of flags) child.addOption(optionOf(flag));
  if (!withoutAuth) addProviderOptions(child, command.options ?? []);
  if (passesThrough) child.passThroughOptions();
  child.addHelpText("after", () => {
    const paragraph = more === undefined ? "" : `\n${wrapAnsi(more, helpWidth(process.stdout))}\n`;
    return `${paragraph}\nExamples:\n${examples.map((example) => `  ${program.name()} ${example}`).join("\n")}`;
  });
  child.action(async () => {
    const values = child.opts<Record<string, unknown>>();
    const typed = child.processedArgs.flat().filter((operand) => operand !== undefined) as string[];
    const options = withoutAuth ? {} : providerOptions(command.options ?? [], values);
    const json = values["json"] === true;
    const run = await subcommand.load();
    const call = { command, options, auth: command.provider(options), json };
    try {
      done(await run(call, { values, operands: typed }));
    } catch (error) {
      if (!isAuthError(error)) throw error;
      done(printError(error, json));
    }
  });
}

function optionOf({ flags, description, choices, repeats }: Flag): Option {
  const option = new Option(flags, description);
  if (choices !== undefined) option.choices(choices);
  if (repeats)
    option.argParser((value: string, before: readonly string[] | undefined) => [...(before ?? []), value]);
  return option;
}

function addProviderOptions(child: Command, own: readonly CommandOption[]): void {
  for (const option of own) child.addOption(optionOf(option));
  child.option("--base-url <url>", "another address of the API: the token goes there, and only there");
  child.option("--timeout <ms>", "how long to wait, in milliseconds", (text) => {
    const ms = Number(text);
    if (!(ms > 0)) throw new InvalidArgumentError("Give a number of milliseconds above zero.");
    return ms;
  });
}

/** The options of the auth that were typed. */
function providerOptions(
  own: readonly CommandOption[],
  values: Readonly<Record<string, unknown>>,
): AuthOptions {
  const parts = own.map(({ flags, apply }) => {
    const value = values[new Option(flags).attributeName()];
    return value === undefined ? {} : apply(value as string | true);
  });
  const { baseUrl, timeout } = values as { readonly baseUrl?: string; readonly timeout?: number };
  return {
    ...(Object.assign({}, ...parts) as AuthOptions),
    ...(baseUrl !== undefined && { baseUrl }),
    ...(timeout !== undefined && { timeoutMs: timeout }),
  };
}

function operandTerm(operand: Argument): string {
  const term = `${operand.name()}${operand.variadic ? "..." : ""}`;
  return operand.required ? `<${term}>` : `[${term}]`;
}

/** Help is read at up to 100 columns. */
function helpWidth(stream: NodeJS.WriteStream): number {
  return Math.min(stream.columns ?? 80, 100);
}

function capital(text: string): string {
  return `${text[0]?.toUpperCase() ?? ""}${text.slice(1)}`;
}
