import { describeIdentity } from "@auth/core";

import { type Ask, createAsk } from "../ask.ts";
import { note, out, printJson } from "../output.ts";
import type { LoginWay, ProviderCommand, TypedFlags } from "../provider-command.ts";
import type { Run } from "../call.ts";
import { UsageError } from "../usage-error.ts";
import { loginsOf } from "./logins-of.ts";

/** Logs in, step by step, and says where the login is kept. */
export const login: Run = async ({ command, options, json }, { values }) => {
  const tokenStdin = values["tokenStdin"] === true;
  const ask = createAsk({ tokenStdin, json });
  const way = await wayOf(command, values["with"], ask, tokenStdin);
  const { verification, kept } = await way.run(ask, options, values as TypedFlags);
  if (json) {
    printJson(verification);
    return 0;
  }
  out.marked("ok", `Logged in as ${describeIdentity(verification.identity)}`);
  out.line(kept);
  const { attempts } = await command.provider(options).explain();
  const used = attempts.find(({ outcome }) => outcome === "used")?.source;
  // A variable comes before a saved login: who has just logged in would wonder whose requests are sent.
  if (used !== undefined && used.startsWith("env "))
    note.marked(
      "warning",
      `${used.slice(4)} is set, and comes before this login. Unset it to use the login.`,
    );
  return 0;
};

async function wayOf(
  command: ProviderCommand,
  wanted: unknown,
  ask: Ask,
  tokenStdin: boolean,
): Promise<LoginWay<object, never>> {
  const ways = loginsOf(command).ways as readonly LoginWay<object, never>[];
  const [first] = ways;
  if (first === undefined) throw new UsageError("There is no way to log in.");
  const named = ways.find(({ id }) => id === wanted);
  if (named !== undefined) return named;
  if (tokenStdin) return ways.find(({ id }) => id === "token") ?? first;
  if (ways.length === 1 || !ask.interactive) return first;
  const id = await ask.choose(
    "How do you want to log in?",
    ways.map((way) => ({ value: way.id, title: way.title })),
  );
  return ways.find((way) => way.id === id) ?? first;
}
