/** The thread of sweeps: a directory with a million files holds up nobody else. */

import { messageOf } from "../../core/errors.ts";
import { giveWay } from "../../inference/workers/give_way.ts";
import { sweep, type SweepRequest, type Swept } from "./sweep.ts";

/** What the thread answers. */
export type SweepAnswer = { readonly swept: Swept } | { readonly error: string };

giveWay(); // results are inferred and written first

self.onmessage = ({ data }: MessageEvent<SweepRequest>) => {
  let answer: SweepAnswer;
  try {
    answer = { swept: sweep(data) };
  } catch (error) {
    answer = { error: messageOf(error) };
  }
  self.postMessage(answer);
};
