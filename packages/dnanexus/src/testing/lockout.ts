/** After how many wrong passwords and codes in a row an account is closed, and for how long. */
export interface FakeLockout {
  readonly attempts: number;
  /** Milliseconds. */
  readonly durationMs: number;
}

/** Counts failed logins. */
export interface Lockout {
  isLocked(userId: string): boolean;
  failed(userId: string): void;
  succeeded(userId: string): void;
}

export function createLockout({ attempts, durationMs }: FakeLockout, now: () => number): Lockout {
  const accounts = new Map<string, { readonly failures: number; readonly lockedUntil: number }>();
  return {
    isLocked: (userId) => (accounts.get(userId)?.lockedUntil ?? 0) > now(),
    failed(userId) {
      const failures = (accounts.get(userId)?.failures ?? 0) + 1;
      const isOver = failures >= attempts;
      accounts.set(userId, {
        failures: isOver ? 0 : failures,
        lockedUntil: isOver ? now() + durationMs : 0,
      });
    },
    succeeded: (userId) => void accounts.delete(userId),
  };
}
