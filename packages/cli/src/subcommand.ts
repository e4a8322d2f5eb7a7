import { protocolsOf } from "./protocols/protocols-of.ts";
import type { ProviderCommand } from "./provider-command.ts";
import type { Run } from "./call.ts";
import type { Flag } from "./flag.ts";

/** One of the commands: what help says of it, what may be typed behind it, and the code that is loaded to carry it out. */
export interface Subcommand {
  readonly name: string;
  /** One clause, in lower case. */
  readonly summary: string;
  /** `<url>`, `[code]`, `<command...>`, and what it is. */
  readonly operands?: readonly (readonly [pattern: string, description: string])[];
  /** Options of this command alone. */
  readonly flags?: readonly Flag[];
  /** Whether the options of the provider have no place here, since no auth is used. */
  readonly withoutAuth?: true;
  /** Whether all that stands behind the first operand belongs to another command. */
  readonly passesThrough?: true;
  /** What is typed behind the name of the program. */
  readonly examples: readonly string[];
  /** A paragraph below the options. */
  readonly more?: string;
  readonly load: () => Promise<Run>;
}

/** Every command, in the order of help. */
export function subcommandsOf(command: ProviderCommand): readonly Subcommand[] {
  const { provider, variable, logins, fake } = command;
  const json: Flag = { flags: "--json", description: "one object, for programs" };
  const ways = logins?.ways ?? [];
  const [operation = "/"] = fake.operations;
  return [
    {
      name: "status",
      summary: "where the token comes from, where it may go, what is wrong",
      flags: [{ flags: "--verify", description: "ask the service as well" }, json],
      examples: ["status", "status --verify", "status --json"],
      load: async () => (await import("./commands/status.ts")).status,
    },
    {
      name: "verify",
      summary: "whose token it is: asks the service",
      flags: [json],
      examples: ["verify", "verify --json"],
      load: async () => (await import("./commands/verify.ts")).verify,
    },
    {
      name: "login",
      summary: "log in, step by step; nothing secret is shown",
      flags: [
        { flags: "--token-stdin", description: "read the token from standard input, for programs" },
        ...(ways.length > 1
          ? [{ flags: "--with <way>", description: "how to log in", choices: ways.map(({ id }) => id) }]
          : []),
        ...ways.flatMap((way) => way.flags ?? []),
        json,
      ],
      examples: ["login", "login --token-stdin < token.txt"],
      load: async () => (await import("./commands/login.ts")).login,
    },
    {
      name: "logout",
      summary: "end the login that login made",
      flags: [...(logins?.logoutFlags ?? []), json],
      examples: ["logout"],
      load: async () => (await import("./commands/logout.ts")).logout,
    },
    {
      name: "token",
      summary: "print the token, for a pipe",
      flags: [{ flags: "--reveal", description: "print it to a terminal, too" }, json],
      examples: ["token | wc -c", "token --reveal"],
      load: async () => (await import("./commands/token.ts")).token,
    },
    {
      name: "headers",
      summary: "the headers that a URL may carry, as JSON; none for a foreign one",
      operands: [["<url>", "absolute, or relative to the base URL"]],
      flags: [json],
      examples: ["headers /"],
      load: async () => (await import("./commands/headers.ts")).headers,
    },
    {
      name: "exec",
      summary: `run a command with the token in ${variable}`,
      operands: [["<command...>", "the command and its arguments"]],
      passesThrough: true,
      examples: ["exec -- node program.mjs"],
      more:
        `The command, and every program that it starts, can read ${variable} and send it anywhere. It is the token of ` +
        "now: when it expires or is replaced, the command keeps the old one.",
      load: async () => (await import("./commands/exec.ts")).exec,
    },
    {
      name: "helper",
      summary: "answer another tool in its own protocol",
      operands: [
        ["<protocol>", `one of ${protocolsOf(command).join(", ")}`],
        ["[arguments...]", "what the protocol passes on"],
      ],
      flags: [
        {
          flags: "--prefix [text]",
          description: 'for token: what stands before it; without a text, "Bearer"',
        },
      ],
      examples: ["helper json", "helper headers /", "helper curl / | curl -K -"],
      more: "A URL or host that is not the service's gets nothing.",
      load: async () => (await import("./commands/helper.ts")).helper,
    },
    {
      name: "doctor",
      summary: "look for what can go wrong between this machine and the service",
      flags: [json],
      examples: ["doctor", "doctor --json"],
      load: async () => (await import("./commands/doctor.ts")).doctor,
    },
    {
      name: "errors",
      summary: "the page of an error, offline",
      operands: [["[code]", "such as AUTH_TOKEN_NOT_FOUND; without it, the list"]],
      flags: [json],
      withoutAuth: true,
      examples: ["errors AUTH_TOKEN_REJECTED"],
      load: async () => (await import("./commands/errors.ts")).errors,
    },
    {
      name: "fake",
      summary: `${provider.name} on this machine, to work against by hand, until Ctrl-C`,
      flags: [
        {
          flags: "--script <operation=answer>",
          description: "answer the next request for an operation with this JSON",
          repeats: true,
        },
        json,
      ],
      withoutAuth: true,
      examples: ["fake", `fake --script '${operation}={"status":429}'`],
      more: `Operations: ${fake.operations.join(", ")}.`,
      load: async () => (await import("./commands/fake.ts")).fake,
    },
  ];
}
