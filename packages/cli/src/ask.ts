import process from "node:process";

import { readStandardInput } from "./standard-input.ts";
import { Cancelled, UsageError } from "./usage-error.ts";

/** One of several answers. */
export interface Choice<Value extends string = string> {
  readonly value: Value;
  readonly title: string;
}

/** A question whose answer may be seen. */
export interface TextQuestion {
  /** Offered as the answer. */
  readonly initial?: string;
  /** What is wrong with an answer, or `undefined`. */
  readonly problem?: (answer: string) => string | undefined;
}

/** How a login asks. At a terminal, a person answers, and may leave with Ctrl-C. */
export interface Ask {
  /** Whether a person can answer. */
  readonly interactive: boolean;
  /** An answer that is not shown while it is typed, nor how long it is. For a program: standard input, with `--token-stdin`. */
  secret(question: string): Promise<string>;
  text(question: string, details?: TextQuestion): Promise<string>;
  choose<Value extends string>(question: string, choices: readonly Choice<Value>[]): Promise<Value>;
  /** Tells something on the way, such as the page where a token is made. */
  say(text: string): void;
  /** Shows that a long task lives. Shows nothing where no person looks. */
  waiting<T>(what: string, task: Promise<T>): Promise<T>;
}

/** What was typed that says how to ask. */
export interface AskOptions {
  /** Whether the secret comes on standard input. */
  readonly tokenStdin: boolean;
  /** Whether a program reads the answer: then nobody is asked. */
  readonly json: boolean;
}

export function createAsk({ tokenStdin, json }: AskOptions): Ask {
  if (!tokenStdin && !json && process.stdin.isTTY && process.stderr.isTTY) return atTerminal();
  const unasked = async (question: string): Promise<never> => {
    throw new UsageError(
      `There is no terminal to ask at: ${question}. Pass it as an option, and the secret with --token-stdin.`,
    );
  };
  return {
    interactive: false,
    secret: (question) => (tokenStdin ? secretFromInput() : unasked(question)),
    text: unasked,
    choose: unasked,
    say: () => undefined,
    waiting: (_what, task) => task,
  };
}

function atTerminal(): Ask {
  // A terminal that does not know its own width would get one letter a line.
  if (!(process.stderr.columns > 0)) process.stderr.columns = 80;
  // Beside what a program may read. The prompts write their own marks.
  const shared = { input: process.stdin, output: process.stderr, withGuide: false };
  const prompts = import("@clack/prompts");
  const answered = async (answer: Promise<string | symbol>): Promise<string> => {
    const given = await answer;
    if (typeof given === "symbol") throw new Cancelled("Nothing was changed.");
    return given;
  };
  return {
    interactive: true,
    async secret(message) {
      const { password } = await prompts;
      const validate = (given: string | undefined): string | undefined =>
        given?.trim() ? undefined : "Type it, or leave with Ctrl-C.";
      // An empty mask: not even its length is shown.
      return (
        await answered(password({ ...shared, message: `${message} (not shown)`, mask: "", validate }))
      ).trim();
    },
    async text(message, { initial, problem } = {}) {
      const { text } = await prompts;
      return (
        await answered(
          text({
            ...shared,
            message,
            ...(initial !== undefined && { initialValue: initial }),
            validate: (given) => (given?.trim() ? problem?.(given.trim()) : "Type it, or leave with Ctrl-C."),
          }),
        )
      ).trim();
    },
    async choose(message, choices) {
      const { select } = await prompts;
      const options = choices.map(({ value, title }) => ({ value, label: title }));
      return answered(select<string>({ ...shared, message, options })) as never;
    },
    say: (text) => void process.stderr.write(`${text}\n`),
    waiting: (what, task) => showWaiting(what, task),
  };
}

/** A spinner while a task runs, where a person looks at standard error. */
export async function showWaiting<T>(what: string, task: Promise<T>): Promise<T> {
  if (!process.stderr.isTTY) return task;
  // Most tasks are done before anybody would look: they show nothing.
  const pause = Promise.withResolvers<"slow">();
  const timer = setTimeout(() => pause.resolve("slow"), 400);
  try {
    if ((await Promise.race([task.then(() => "done" as const), pause.promise])) === "done") return await task;
    const { spinner } = await import("@clack/prompts");
    const shown = spinner({ output: process.stderr, withGuide: false });
    shown.start(what);
    try {
      return await task;
    } finally {
      shown.clear();
    }
  } finally {
    clearTimeout(timer);
  }
}

async function secretFromInput(): Promise<string> {
  const secret = (await readStandardInput()).trim();
  if (secret === "") throw new UsageError("Standard input is empty: the token was expected there.");
  return secret;
}
