/** `deno task bench:retention`: how long a sweep of many files takes, and how long others wait for it. */

import { join } from "node:path";
import { systemClock } from "../core/clock.ts";
import type { SweepRequest } from "../edge/retention/sweep.ts";
import { SweepThread } from "../edge/retention/sweep_thread.ts";

const FILES = 200_000;
const BYTES = 10;

const directory = await Deno.makeTempDir();
try {
  const run = join(directory, "run");
  Deno.mkdirSync(run);
  for (let n = 1; n <= FILES; n++) {
    const name = `frame_${String(n).padStart(6, "0")}.jpg`;
    Deno.writeFileSync(join(run, name), new Uint8Array(BYTES));
  }
  Deno.writeTextFileSync(join(run, "results.jsonl"), '{"frame":1,"source":"a"}\n');
  using thread = new SweepThread();
  const nowMs = Date.now() + 60_000;
  const request: SweepRequest = {
    ...{ roots: [], own: [], limits: { bytesMax: 0.75 * FILES * BYTES }, otherBytes: 0 },
    ...{ nowMs, startedMs: nowMs, isDry: true },
  };
  await thread.sweep(request); // starts it
  const still = new AbortController();
  const idle = longestWait(still.signal);
  await systemClock.sleep(5000);
  still.abort();
  console.log(`without a sweep: others waited ${(await idle).toFixed(1)} ms at most`);
  for (const isDry of [true, true, false]) {
    const roots = [{ kind: "runs", directory }] as const;
    const waited = new AbortController();
    const longest = longestWait(waited.signal);
    const { swept, tookMs } = await thread.sweep({ ...request, roots, isDry });
    waited.abort();
    const { held, gone } = swept;
    console.log(
      `${
        isDry ? "looked at" : "took away"
      }: ${gone.size.files} of ${FILES}, ${held.files} are left; ` +
        `${tookMs.toFixed(0)} ms, others waited ${(await longest).toFixed(1)} ms at most`,
    );
  }
} finally {
  await Deno.remove(directory, { recursive: true });
}

/** How long the event loop stood still, at most, until `signal` aborts: milliseconds. */
async function longestWait(signal: AbortSignal): Promise<number> {
  let longest = 0;
  while (!signal.aborted) {
    const beganMs = systemClock.nowMs();
    await systemClock.sleep(1);
    longest = Math.max(longest, systemClock.nowMs() - beganMs - 1);
  }
  return longest;
}
