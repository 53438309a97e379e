/** Ctrl-C and its kin: the first drains, the second stops at once. SIGHUP may mean to read settings again. */

import type { Clock } from "../core/clock.ts";

/**
 * Milliseconds after the first signal in which others are that same request: a terminal, `timeout` and
 * systemd signal each process of a group, and `deno task` passes on what it was sent itself.
 */
export const ECHO_MS = 300;

/** What is said of SIGHUP where it is not for a reload: whoever started the program has gone. */
const HANG_UP = "SIGHUP of a terminal that is gone";

/** Where signals come from. */
export interface SignalSource {
  /** Calls `listener` at every request to stop or to reload; returns what ends that. */
  listen(listener: (signal: string) => void): () => void;
}

/** Signals sent to this process. */
export const processSignals: SignalSource = {
  listen(listener) {
    const handlers = namesHere().map((name) => [name, () => listener(name)] as const);
    if (isHangupIgnored) handlers.push(["SIGHUP", () => {}]);
    else if (!isWindows) {
      handlers.push(["SIGHUP", () => listener(isHungUp() ? HANG_UP : "SIGHUP")]);
    }
    for (const [name, handler] of handlers) Deno.addSignalListener(name, handler);
    return () => {
      for (const [name, handler] of handlers) Deno.removeSignalListener(name, handler);
    };
  },
};

/**
 * Whether `nohup` started this process. Deno would end by SIGHUP all the same, unless somebody listens.
 * It takes the signal half a second after its start, so that is looked at as soon as can be: later,
 * nothing tells it any more, and the signal counts.
 */
const isHangupIgnored = isIgnored(1);

/** Whether a person watched at the start: as `isHangupIgnored`, looked at as soon as can be. */
const hadTerminal = hasConsole();

/** Whether the terminal that the program was started in is gone. */
function isHungUp(): boolean {
  return hadTerminal && !hasConsole();
}

function hasConsole(): boolean {
  try {
    Deno.consoleSize();
    return true;
  } catch {
    return false;
  }
}

const isWindows = Deno.build.os === "windows";

/** Windows knows no SIGTERM; Ctrl-Break is its second way to ask. */
function namesHere(): readonly Deno.Signal[] {
  return isWindows ? ["SIGINT", "SIGBREAK"] : ["SIGINT", "SIGTERM"];
}

/** Whether a signal is ignored. False where that cannot be seen: not on Linux, or without leave to look. */
function isIgnored(signal: number): boolean {
  try {
    const mask = /^SigIgn:\s*([0-9a-f]+)$/m.exec(Deno.readTextFileSync("/proc/self/status"))?.[1];
    return (BigInt(`0x${mask ?? 0}`) >> BigInt(signal - 1) & 1n) === 1n;
  } catch {
    return false;
  }
}

/** What two signals do to a run. */
export interface Stopping {
  /** Aborts at the first signal. */
  readonly drain: AbortSignal;
  /** Resolves at the second signal. */
  readonly stopped: Promise<void>;
  /** Stops listening. */
  end(): void;
}

/** What signals do beside stopping. */
export interface SignalEffects {
  /** Tells the user what each one did. */
  readonly say: (line: string) => void;
  /** Has the settings read again; says whether anybody does that. */
  readonly reload?: () => boolean;
}

/** Listens for signals. */
export function watchSignals(
  source: SignalSource,
  clock: Pick<Clock, "nowMs">,
  { say, reload }: SignalEffects,
): Stopping {
  const drain = new AbortController();
  let firstAtMs = 0;
  const stopped = Promise.withResolvers<void>();
  const end = source.listen((signal) => {
    const nowMs = clock.nowMs();
    if (signal === "SIGHUP" && !drain.signal.aborted && reload?.()) return;
    if (!drain.signal.aborted) {
      firstAtMs = nowMs;
      say(`${signal}: finishing what is under way; once more stops at once`);
      drain.abort();
      return;
    }
    if (nowMs - firstAtMs < ECHO_MS) return;
    say(`${signal}: stopped at once; what was under way is lost`);
    stopped.resolve();
  });
  return { drain: drain.signal, stopped: stopped.promise, end };
}
