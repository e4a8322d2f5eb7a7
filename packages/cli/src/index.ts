export type { Ask, Choice, TextQuestion } from "./ask.ts";
export type { Flag } from "./flag.ts";
export type { Protocol, ProtocolCall, ProtocolFailure } from "./protocols/protocol.ts";
export type {
  CommandOption,
  FakeService,
  GitPassword,
  LoginResult,
  LoginWay,
  Logins,
  LogoutResult,
  ProviderCommand,
  StartedFake,
  TypedFlags,
} from "./provider-command.ts";
export { runCommand } from "./run-command.ts";
export { savedLoginOptions, tokenLogins } from "./token-logins.ts";
