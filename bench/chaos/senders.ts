/**
 * Senders of frames, each with one at a time and a pause between two: a process of its own. Stops when
 * stdin ends, and says how its requests went.
 *
 *   senders.ts URL SENDERS PAUSE_MS SEED
 */

import { every, systemClock } from "../../core/clock.ts";
import { percentile } from "../../core/rolling_window.ts";
import { seededRng, seedOf } from "../../core/rng.ts";

/** How the requests went. */
export interface Answered {
  /** Requests that were sent. */
  readonly sent: number;
  /** How many were answered with each status of HTTP. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Those that had no answer at all. */
  readonly unanswered: number;
  /** Milliseconds of one in two, of 99 in 100, and of the slowest. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly slowestMs: number;
  /** Milliseconds that this process stood still at once, at most: what a request may seem to take more. */
  readonly stoodStillMs: number;
  /** What some of those that failed were told. */
  readonly told: readonly string[];
}

/** Milliseconds between two looks at whether this process stands still. */
const BEAT_MS = 20;

const FRAME_BYTES = 2000;
const TOLD_MAX = 10;

if (import.meta.main) {
  const [url, clients, pauseMs, seed] = Deno.args;
  // The beginning of a JPEG of 64×48 pixels, and nothing more: a forwarder decodes nothing.
  const frame = new Uint8Array(FRAME_BYTES);
  frame.set([0xff, 0xd8, 0xff, 0xc0, 0, 11, 8, 0, 48, 0, 64, 1, 1, 0x11, 0]);
  const over = new AbortController();
  const statuses: Record<string, number> = {};
  const tookMs: number[] = [];
  const told: string[] = [];
  let sent = 0;
  let unanswered = 0;
  let stoodStillMs = 0;
  const send = async () => {
    const headers = { "content-type": "image/jpeg" };
    const beganAtMs = systemClock.nowMs();
    sent++;
    try {
      const response = await fetch(url!, { method: "POST", headers, body: frame });
      const text = await response.text();
      statuses[response.status] = (statuses[response.status] ?? 0) + 1;
      if (!response.ok && told.length < TOLD_MAX) told.push(text);
    } catch (error) {
      unanswered++;
      if (told.length < TOLD_MAX) told.push(String(error));
    }
    tookMs.push(systemClock.nowMs() - beganAtMs);
  };
  const sending = Array.from({ length: Number(clients) }, async (_, i) => {
    const rng = seededRng(seedOf(Number(seed), i));
    while (!over.signal.aborted) {
      await systemClock.sleep(2 * Number(pauseMs) * rng(), over.signal);
      if (!over.signal.aborted) await send();
    }
  });
  let lastMs = systemClock.nowMs();
  const beating = every(systemClock, BEAT_MS, () => {
    stoodStillMs = Math.max(stoodStillMs, systemClock.nowMs() - lastMs - BEAT_MS);
    lastMs = systemClock.nowMs();
  }, over.signal);
  for await (const _ of Deno.stdin.readable) {
    // Only its end matters.
  }
  over.abort();
  await Promise.all([...sending, beating]);
  const of = (p: number) => percentile(tookMs, p) ?? 0;
  const went: Answered = {
    ...{ sent, statuses, unanswered, stoodStillMs, told },
    p50Ms: of(50),
    p99Ms: of(99),
    slowestMs: of(100),
  };
  console.log(JSON.stringify(went));
}
