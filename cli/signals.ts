/** Ctrl-C and its kin: the first drains, the second stops at once. */

/** Where signals come from. */
export interface SignalSource {
  /** Calls `listener` at every request to stop; returns what ends that. */
  listen(listener: (signal: string) => void): () => void;
}

/** Signals sent to this process. */
export const processSignals: SignalSource = {
  listen(listener) {
    // Windows knows no SIGTERM; Ctrl-Break is its second way to ask.
    const names: Deno.Signal[] = Deno.build.os === "windows"
      ? ["SIGINT", "SIGBREAK"]
      : ["SIGINT", "SIGTERM"];
    const handlers = names.map((name) => [name, () => listener(name)] as const);
    for (const [name, handler] of handlers) Deno.addSignalListener(name, handler);
    return () => {
      for (const [name, handler] of handlers) Deno.removeSignalListener(name, handler);
    };
  },
};

/** What two signals do to a run. */
export interface Stopping {
  /** Aborts at the first signal. */
  readonly drain: AbortSignal;
  /** Resolves at the second signal. */
  readonly stopped: Promise<void>;
  /** Stops listening. */
  end(): void;
}

/** Listens for signals; `say` tells the user what each one did. */
export function watchSignals(source: SignalSource, say: (line: string) => void): Stopping {
  const drain = new AbortController();
  const stopped = Promise.withResolvers<void>();
  const end = source.listen((signal) => {
    if (!drain.signal.aborted) {
      say(`${signal}: finishing what is under way; once more stops at once`);
      drain.abort();
      return;
    }
    say(`${signal}: stopped at once; what was under way is lost`);
    stopped.resolve();
  });
  return { drain: drain.signal, stopped: stopped.promise, end };
}
