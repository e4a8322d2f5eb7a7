/** First and longest pause after a failure. Milliseconds. */
export const firstPauseMs = 1_000;
export const longestPauseMs = 30_000;

/** How long to wait after so many failures in a row before this one. Shortened at random, by half at the most. Milliseconds. */
export function pauseAfter(failures: number): number {
  return Math.min(firstPauseMs * 2 ** failures, longestPauseMs) * (0.5 + Math.random() / 2);
}
