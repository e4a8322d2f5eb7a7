export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** `1.02 (0.97 to 1.06)`: the median and the middle half, since the ends belong to whatever else the machine did. */
export function describeSpread(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (part: number): string =>
    (sorted[Math.round((sorted.length - 1) * part)] ?? Number.NaN).toFixed(2);
  return `${median(values).toFixed(2)} (${at(0.25)} to ${at(0.75)})`;
}

/** An interval that holds the median with 95 % certainty, by the order of the values (binomial). */
export function medianInterval(values: readonly number[]): readonly [number, number] {
  const sorted = values.toSorted((a, b) => a - b);
  const reach = 0.98 * Math.sqrt(sorted.length);
  const low = Math.max(0, Math.floor(sorted.length / 2 - reach));
  const high = Math.min(sorted.length - 1, Math.ceil(sorted.length / 2 + reach) - 1);
  return [sorted[low] ?? Number.NaN, sorted[high] ?? Number.NaN];
}

/** A quarter of the values is below it. */
export function lowerQuartile(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 4)] ?? Number.NaN;
}
