import { failed, type Environment } from "./source.ts";

/** A variable of the environment as it is set, read as an own property. Fails where the runtime does not let it be read. */
export function variable(env: Environment, name: string): string | undefined {
  try {
    const value: unknown = Object.hasOwn(env, name) ? env[name] : undefined;
    // A Worker's may hold bindings too.
    return typeof value === "string" ? value : undefined;
  } catch {
    // Deno without the permission. Its own words are about the same, but could hold anything.
    throw failed(
      `the variable ${name} may not be read`,
      `Allow it, in Deno with --allow-env=${name}, or pass the variables as the option env.`,
    );
  }
}
