import { expect, it, vi } from "vitest";

import { TimeLimitReached, withTimeLimit } from "./time-limit.ts";

it("gives up on a task that does not obey, when the time is up", async () => {
  vi.useFakeTimers();
  try {
    let told: AbortSignal | undefined;
    const stuck = withTimeLimit((signal) => new Promise<never>(() => (told = signal)), 1_000);
    const outcome = expect(stuck).rejects.toBeInstanceOf(TimeLimitReached);
    await vi.advanceTimersByTimeAsync(1_000);
    await outcome;
    expect(told?.aborted).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});

it("rejects with the caller's own reason as soon as the caller gives up", async () => {
  const controller = new AbortController();
  const stuck = withTimeLimit(() => new Promise<never>(() => undefined), 60_000, controller.signal);
  const reason = new Error("no longer needed");
  controller.abort(reason);
  await expect(stuck).rejects.toBe(reason);
});

it("does not start where the caller has given up before", async () => {
  let started = false;
  const reason = new Error("too late");
  await expect(withTimeLimit(() => (started = true), 1_000, AbortSignal.abort(reason))).rejects.toBe(reason);
  expect(started).toBe(false);
});

it("leaves no timer and no listener behind", async () => {
  vi.useFakeTimers();
  try {
    const { signal } = new AbortController();
    const removed = vi.spyOn(signal, "removeEventListener");
    await expect(withTimeLimit(() => "done", 1_000, signal)).resolves.toBe("done");
    expect(vi.getTimerCount()).toBe(0);
    expect(removed).toHaveBeenCalledOnce();
  } finally {
    vi.useRealTimers();
  }
});
