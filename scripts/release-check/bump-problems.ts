// A provider carries core inside it: a released core reaches nobody until the providers are released too.

export interface Versioned {
  readonly name: string;
  readonly before: string;
  readonly after: string;
  /** Packages of this repository whose code it carries. */
  readonly bundles: readonly string[];
}

/** One sentence for each package that would stay behind what it bundles. */
export function bumpProblems(packages: readonly Versioned[]): readonly string[] {
  const released = new Map(
    packages.filter(({ before, after }) => before !== after).map(({ name, after }) => [name, after]),
  );
  return packages
    .filter(({ name }) => !released.has(name))
    .flatMap(({ name, before, bundles }) =>
      bundles
        .filter((bundled) => released.has(bundled))
        .map(
          (bundled) =>
            `${name}: stays at ${before}, but it bundles ${bundled}, which becomes ${released.get(bundled)}. Name ${name} in the changeset as well.`,
        ),
    );
}
