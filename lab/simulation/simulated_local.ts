/** Inference on an edge in simulated time. */

import type { Clock } from "../../core/clock.ts";
import type { Findings } from "../../core/detection.ts";
import type { Picture } from "../../core/frame.ts";
import { type InferRequest, type InferTimings, NO_TIMINGS } from "../../core/infer.ts";
import type { ModelProfile } from "../../core/model.ts";
import type { LocalInference } from "../../edge/local_inference.ts";
import type { Recording } from "./recording.ts";
import { RecordedPicture } from "./simulated_source.ts";
import { IDLE, SimulatedWorkers } from "./simulated_workers.ts";

/** What a machine with models is like. */
export interface Machine {
  /** Inferences at once. */
  readonly workers: number;
  /** How many times as fast as the machine that the profile was measured on. */
  readonly speed: number;
  /** Names of its models. */
  readonly models: readonly string[];
}

/** Tasks that a Worker is given at a time, as a real one is: one is under way, one waits for it. */
const TASKS_PER_WORKER = 2;

/** An edge's own Workers. */
export class SimulatedLocal implements LocalInference {
  readonly workers: number;
  readonly slots: number;
  readonly models: readonly ModelProfile[];
  readonly #workers: SimulatedWorkers;

  /** Idle. */
  constructor(
    private readonly recording: Recording,
    private readonly machine: Machine,
    private readonly clock: Clock,
  ) {
    this.workers = machine.workers;
    this.slots = machine.workers * TASKS_PER_WORKER;
    this.models = offered(recording, machine);
    this.#workers = new SimulatedWorkers(machine.workers, clock, IDLE.moreMs / machine.speed);
  }

  async infer(
    picture: Picture,
    { model }: InferRequest,
  ): Promise<{ readonly findings: Findings; readonly timingsMs: InferTimings }> {
    if (!(picture instanceof RecordedPicture)) {
      throw new TypeError("Cannot infer what was not recorded");
    }
    const point = this.recording.wholePoint(model)!;
    const { serviceMs, detections } = this.recording.answer(picture.place, point);
    const startAtMs = this.clock.nowMs();
    const worked = await this.#workers.work(serviceMs / this.machine.speed);
    const total = this.clock.nowMs() - startAtMs;
    const infer = worked!.serviceMs;
    return {
      findings: { detections },
      timingsMs: { ...NO_TIMINGS, infer, queue: total - infer, total },
    };
  }
}

/** The models of a machine as it offers them. */
export function offered(
  { profile: { head } }: Recording,
  { models, speed }: Machine,
): readonly ModelProfile[] {
  return head.models.filter(({ name }) => models.includes(name)).map((
    { name, accuracy, serviceMs },
  ) => ({
    name,
    service: "detection",
    accuracy,
    latencyMs: Number((serviceMs / speed).toFixed(3)),
  }));
}
