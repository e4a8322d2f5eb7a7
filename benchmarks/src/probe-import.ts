// Prints what importing a module costs: milliseconds of CPU, and the global classes that it touches while it loads.
import process from "node:process";

/** Node.js loads its own fetch when one of these is first touched, which costs more than all of a provider. */
const watched = [
  "fetch",
  "Request",
  "Response",
  "Headers",
  "FormData",
  "WebSocket",
  "EventSource",
  "CloseEvent",
  "MessageEvent",
];

export interface ImportCost {
  readonly cpuMs: number;
  readonly touched: readonly string[];
}

const specifier = process.argv[2] ?? "";
const touched: string[] = [];
for (const name of watched) {
  const descriptor = Object.getOwnPropertyDescriptor(globalThis, name);
  if (descriptor === undefined) continue;
  Object.defineProperty(globalThis, name, {
    configurable: true,
    get() {
      touched.push(name);
      return descriptor.get === undefined ? descriptor.value : descriptor.get.call(globalThis);
    },
  });
}
const before = process.cpuUsage();
await import(specifier);
const { user, system } = process.cpuUsage(before);
const cost: ImportCost = { cpuMs: (user + system) / 1000, touched };
console.log(JSON.stringify(cost));
