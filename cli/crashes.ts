/** Errors that nobody caught: they end the run with a clear line, not with the runtime's trace. */

/** Watches for them. */
export interface CrashWatch {
  /** Rejects at the first one. */
  readonly crashed: Promise<never>;
  /** Stops watching. */
  end(): void;
}

/** Watches `target` (the global object) for rejections and exceptions that nobody caught. */
export function watchCrashes(target: EventTarget): CrashWatch {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => {}); // whoever races it learns of it; a run that has ended need not
  const onRejection = (event: Event) => {
    event.preventDefault();
    reject((event as PromiseRejectionEvent).reason);
  };
  const onError = (event: Event) => {
    event.preventDefault();
    const { error, message } = event as ErrorEvent;
    reject(error ?? new Error(message));
  };
  target.addEventListener("unhandledrejection", onRejection);
  target.addEventListener("error", onError);
  return {
    crashed: promise,
    end() {
      target.removeEventListener("unhandledrejection", onRejection);
      target.removeEventListener("error", onError);
    },
  };
}
