import childProcess from "node:child_process";
import dns from "node:dns";
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import net from "node:net";
import process from "node:process";

/**
 * Runs something synchronous, and tells what it touched of the machine: variables, files, sockets, processes, the clock.
 * What it watches is the whole process's, so that nothing else may run meanwhile.
 */
export function watchReads(run: () => void): readonly string[] {
  const seen: string[] = [];
  const undo: (() => void)[] = [];
  for (const [name, module] of Object.entries({
    fs,
    "fs.promises": fs.promises,
    child_process: childProcess,
    dns,
  }))
    undo.push(...replaceFunctions(module, (member) => seen.push(`${name}.${member}`)));
  undo.push(
    ...replaceFunctions(net.Socket.prototype, (member) => seen.push(`a socket (${member})`), ["connect"]),
  );
  undo.push(
    ...replaceFunctions(globalThis, (member) => seen.push(member), ["fetch", "setTimeout", "setInterval"]),
  );
  undo.push(
    ...replaceFunctions(
      Object.getPrototypeOf(performance) as object,
      (member) => seen.push(`performance.${member}`),
      ["now"],
    ),
  );
  undo.push(
    replaceProperty(
      globalThis,
      "Date",
      watchedDate(() => seen.push("the clock")),
    ),
  );
  undo.push(
    replaceProperty(
      process,
      "env",
      watchedEnvironment(process.env, (name) => seen.push(`process.env.${name}`)),
    ),
  );
  syncBuiltinESMExports();
  try {
    run();
  } finally {
    for (const step of undo.toReversed()) step();
    syncBuiltinESMExports();
  }
  return [...new Set(seen)];
}

/** Environment variables that report each look at them. */
export function watchedEnvironment(
  variables: Readonly<Record<string, string | undefined>>,
  look: (name: string) => void,
): Record<string, string | undefined> {
  const report = (name: string | symbol): void => void (typeof name === "string" && look(name));
  return new Proxy(
    { ...variables },
    {
      get: (target, name) => (report(name), Reflect.get(target, name)),
      has: (target, name) => (report(name), Reflect.has(target, name)),
      getOwnPropertyDescriptor: (target, name) => (
        report(name),
        Reflect.getOwnPropertyDescriptor(target, name)
      ),
      ownKeys: (target) => (report("*"), Reflect.ownKeys(target)),
    },
  );
}

function watchedDate(look: () => void): DateConstructor {
  return new Proxy(Date, {
    construct: (target, given, constructed) => {
      if (given.length === 0) look();
      return Reflect.construct(target, given, constructed) as Date;
    },
    get: (target, name, receiver) => {
      if (name === "now") look();
      return Reflect.get(target, name, receiver) as unknown;
    },
  });
}

function replaceFunctions(
  target: object,
  look: (member: string) => void,
  members: readonly string[] = Object.keys(target),
): (() => void)[] {
  const record = target as Record<string, unknown>;
  return members.flatMap((member) => {
    const descriptor = Object.getOwnPropertyDescriptor(target, member);
    // Classes stay, and so does what is computed: to read it would load more.
    const value: unknown = descriptor?.value;
    if (descriptor?.writable !== true || typeof value !== "function" || /^[A-Z_]/.test(member)) return [];
    const original = value as (...given: unknown[]) => unknown;
    const watched = function (this: unknown, ...given: unknown[]): unknown {
      look(member);
      return original.apply(this, given);
    };
    record[member] = Object.assign(watched, original);
    return [() => void (record[member] = original)];
  });
}

function replaceProperty(target: object, name: string, value: unknown): () => void {
  const descriptor = Object.getOwnPropertyDescriptor(target, name);
  Object.defineProperty(target, name, { configurable: true, writable: true, enumerable: true, value });
  return () => {
    if (descriptor !== undefined) Object.defineProperty(target, name, descriptor);
  };
}
