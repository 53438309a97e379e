/** Measures profiles on several cores. */

import { type ErrorCode, SmarteyeError } from "../../core/errors.ts";
import type { MeasureAnswer, MeasureQuestion } from "./measure_worker.ts";
import type { MeasuredPoint } from "./measured_point.ts";

/** What profiles are measured with. */
export interface MeasureTools {
  /** Workers at once. */
  readonly workers: number;
  /** Aborts when it is to end. */
  readonly stop: AbortSignal;
  /** Told how many profiles are measured, in parts too. */
  readonly progress: (done: number) => void;
}

/**
 * Measures the points of each profile. The same questions come to the same, however many Workers there
 * are.
 *
 * @throws {SmarteyeError} what the first failed with, or `cancelled`.
 */
export async function measureAll(
  questions: readonly MeasureQuestion[],
  { workers, stop, progress }: MeasureTools,
): Promise<readonly (readonly MeasuredPoint[])[]> {
  const shares = questions.map(() => 0);
  const found: (readonly MeasuredPoint[])[] = [];
  let next = 0;
  const work = async () => {
    while (next < questions.length) {
      const mine = next++;
      found[mine] = await measure(questions[mine]!, stop, (share) => {
        shares[mine] = share;
        progress(shares.reduce((sum, one) => sum + one, 0));
      });
    }
  };
  const count = Math.max(1, Math.min(workers, questions.length));
  await Promise.all(Array.from({ length: count }, work));
  return found;
}

/** In a Worker of its own, so that what an edge logs of itself is not taken for that of a real one. */
async function measure(
  question: MeasureQuestion,
  stop: AbortSignal,
  progress: (share: number) => void,
): Promise<readonly MeasuredPoint[]> {
  const worker = new Worker(new URL("./measure_worker.ts", import.meta.url), { type: "module" });
  const measured = Promise.withResolvers<readonly MeasuredPoint[]>();
  const cancel = () =>
    measured.reject(new SmarteyeError("cancelled", "Cannot go on: told to stop"));
  try {
    worker.onmessage = ({ data }: MessageEvent<MeasureAnswer>) => {
      if ("share" in data) progress(data.share);
      else if ("points" in data) measured.resolve(data.points);
      else {
        const { code, message } = data.error;
        measured.reject(new SmarteyeError(code as ErrorCode, message));
      }
    };
    worker.onerror = (event) => {
      event.preventDefault();
      measured.reject(new SmarteyeError("internal", `Cannot measure: ${event.message}`));
    };
    stop.addEventListener("abort", cancel, { once: true });
    if (stop.aborted) cancel();
    else worker.postMessage(question);
    return await measured.promise;
  } finally {
    stop.removeEventListener("abort", cancel);
    worker.terminate();
  }
}
