import type { ProviderCommand } from "../provider-command.ts";
import { UsageError } from "../usage-error.ts";

/** The logins of a provider, or the sentence that says where they are made. */
export function loginsOf(command: ProviderCommand): NonNullable<ProviderCommand["logins"]> {
  const { logins, elsewhere, provider, variable } = command;
  if (logins !== undefined) return logins;
  throw new UsageError(elsewhere ?? `${provider.name} has no login here. Set ${variable}.`);
}
