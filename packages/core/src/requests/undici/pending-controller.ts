import type { Dispatcher } from "undici";

type Handler = Dispatcher.DispatchHandler;
type Controller = Dispatcher.DispatchController;

/** Ends a dispatch that never came to a connection. */
export function fail(handler: Handler, error: unknown): void {
  handler.onResponseError?.(new Hold(), error instanceof Error ? error : new Error(String(error)));
}

/** Stands in for undici's controller while there is no connection: it notices at once that the caller gave up. */
export class Hold implements Controller {
  reason: Error | null = null;
  onAbort: (() => void) | undefined;
  readonly paused = false;

  get aborted(): boolean {
    return this.reason !== null;
  }

  abort(reason: Error): void {
    if (this.reason !== null) return;
    this.reason = reason;
    this.onAbort?.();
  }

  pause(): void {}
  resume(): void {}
}
