/** Keeps a watch on a server: that it leaves, or is gone, is known before the next look. */

import type { Clock } from "../core/clock.ts";
import type { Rng } from "../core/rng.ts";
import type { Server } from "./server.ts";

/** Milliseconds before a watch that ended is opened again, the first time; each time it is twice as long. */
const PAUSE_MS = 100;

/** At most. */
const PAUSE_MS_MAX = 5000;

/** Share by which a pause is shorter by chance: not all come back at once to a server that is back. */
const JITTER = 0.5;

/** Milliseconds that a server has to say how it is after its watch says that it takes requests. */
const LOOK_MS = 2000;

/** What a watch works with. */
export interface WatchParts {
  /** Waits. */
  readonly clock: Clock;
  /** Pauses differ by it. */
  readonly rng: Rng;
}

/**
 * Watches a server until it is retired or closed. One that says that it takes nothing new is passed over,
 * and finishes what it has; one that says that it does is looked at, which tells its models too. One whose
 * connection broke is passed over: calls that were on it end by themselves, and those that are not on it
 * go on. Ends at once where there is nothing to watch. Never rejects.
 */
export async function keepWatch(server: Server, { clock, rng }: WatchParts): Promise<void> {
  const { backend, gone } = server;
  if (!backend.watch) return;
  const hear = (serving: boolean) => {
    server.noteServing(serving);
    if (serving && !server.isReady) void server.look({ deadlineMs: LOOK_MS, signal: gone });
  };
  for (let pauseMs = PAUSE_MS; !gone.aborted; pauseMs = Math.min(PAUSE_MS_MAX, 2 * pauseMs)) {
    const beganAtMs = clock.nowMs();
    const end = await backend.watch(hear, gone);
    server.noteServing(undefined);
    if (gone.aborted || end === "unsupported") return;
    if (end === "lost" && server.isReady) server.passOver("its connection broke");
    if (clock.nowMs() - beganAtMs > PAUSE_MS_MAX) pauseMs = PAUSE_MS;
    await clock.sleep(pauseMs * (1 - JITTER * rng()), gone);
  }
}
