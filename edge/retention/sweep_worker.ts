/** The thread of sweeps: a directory with a million files holds up nobody else. */

import { systemClock } from "../../core/clock.ts";
import { messageOf } from "../../core/errors.ts";
import { giveWay } from "../../inference/workers/give_way.ts";
import { sweep, type SweepRequest, type Swept } from "./sweep.ts";

/** What the thread answers. */
export type SweepAnswer =
  | {
    /** What it came to. */
    readonly swept: Swept;
    /** Milliseconds that it took. */
    readonly tookMs: number;
  }
  | { readonly error: string };

giveWay(); // results are inferred and written first

self.onmessage = ({ data }: MessageEvent<SweepRequest>) => {
  let answer: SweepAnswer;
  const beganMs = systemClock.nowMs();
  try {
    const swept = sweep(data);
    answer = { swept, tookMs: systemClock.nowMs() - beganMs };
  } catch (error) {
    answer = { error: messageOf(error) };
  }
  self.postMessage(answer);
};
