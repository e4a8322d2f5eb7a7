const watched = ["fetch", "Request", "Response", "Headers", "process", "localStorage"];

/** The globals that were read while something ran. One that a runtime does not let be replaced is not watched. */
export async function touchedWhile(
  run: () => Promise<unknown>,
  names: readonly string[] = watched,
): Promise<string[]> {
  const touched = new Set<string>();
  const restore = names.map((name) => watch(name, () => touched.add(name)));
  try {
    await run();
  } finally {
    for (const each of restore) each();
  }
  return [...touched];
}

/** Gives back what undoes it. */
function watch(name: string, onRead: () => void): () => void {
  const own = Object.getOwnPropertyDescriptor(globalThis, name);
  const original = own ?? Object.getOwnPropertyDescriptor(Object.getPrototypeOf(globalThis), name);
  if (original === undefined || own?.configurable === false) return () => undefined;
  Object.defineProperty(globalThis, name, {
    configurable: true,
    get() {
      onRead();
      return "value" in original ? (original.value as unknown) : original.get?.call(globalThis);
    },
  });
  return () => {
    if (own === undefined) Reflect.deleteProperty(globalThis, name);
    else Object.defineProperty(globalThis, name, own);
  };
}
