/** A pool of real Workers with the scheduler before it. */

import assert from "node:assert/strict";
import type { Findings } from "../../core/detection.ts";
import { FakeClock, idle } from "../../core/fake_clock.ts";
import type { Pixels } from "../../core/frame.ts";
import type { PictureInput } from "../../inference/workers/worker_messages.ts";
import { CPU } from "../../inference/provider.ts";
import { type InferJob, Scheduler } from "../../inference/scheduler.ts";
import { WorkerPool } from "../../inference/workers/worker_pool.ts";
import { plain, type Rgb } from "./pictures.ts";
import { SIDE } from "./tiny_model.ts";

/** A pool and the scheduler before it, closed after the test. */
export class OpenedPool implements Disposable {
  readonly clock = new FakeClock();
  readonly pool: WorkerPool;
  readonly scheduler: Scheduler;

  constructor(workers = 1) {
    const { clock } = this;
    const session = { threads: 1, provider: CPU };
    this.pool = new WorkerPool({ workers, session, tasksPerWorker: 2, clock });
    this.scheduler = new Scheduler({ places: this.pool, queueLengthMax: 100, clock });
  }

  /** Infers a plain picture: white is sure of the car, black sees none. */
  infer(
    { scoreThreshold, ...said }: Partial<InferJob<PictureInput> & PictureInput> = {},
    color: Rgb = [255, 255, 255],
  ) {
    return this.scheduler.run<PictureInput>({
      model: "tiny",
      costMs: 1,
      priority: "interactive",
      prepare: () => Promise.resolve(pixelsInput(plain(2 * SIDE, 4 * SIDE, color), scoreThreshold)),
      ...said,
    });
  }

  /** So many inferences at once, which must all go well. */
  async inferAll(n: number, model = "tiny"): Promise<void> {
    const all = await Promise.all(Array.from({ length: n }, () => this.infer({ model })));
    for (const { findings } of all) assert.deepEqual(seen(findings), ["car 1.00"]);
  }

  [Symbol.dispose](): void {
    this.pool.close();
  }
}

/** Pixels as a Worker gets them. */
export function pixelsInput(pixels: Pixels, scoreThreshold?: number): PictureInput {
  return { kind: "pixels", pixels, scoreThreshold };
}

/** Lets Workers do what they are asked, until `happened` says that it was done. */
export async function until(happened: () => boolean): Promise<void> {
  while (!happened()) await idle();
}

/** What the findings say, in short. */
export function seen(findings: Findings): string[] {
  assert.ok("detections" in findings);
  return findings.detections.map(({ label, score }) => `${label} ${score.toFixed(2)}`);
}
