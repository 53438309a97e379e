/** Places at Workers that are not there: jobs take virtual time, and count who is at what. */

import assert from "node:assert/strict";
import type { SmarteyeError } from "../../core/errors.ts";
import type { FakeClock } from "../../core/fake_clock.ts";
import type { Place, Places } from "../../inference/scheduler.ts";
import type { Outcome, WorkerInput } from "../../inference/workers/worker_messages.ts";

/** How the Workers behave. */
export interface PlacesScript {
  readonly workers?: number;
  readonly slots?: number;
  /** Milliseconds of one inference, or what it fails with. */
  readonly infer?: (inputs: readonly WorkerInput[], model: string) => number | SmarteyeError;
}

/** Fake Workers, all of which hold every model that is not among the lost. */
export class FakePlaces implements Places {
  readonly jobsAtOnce: number;
  readonly slots: number;
  /** Models that no Worker will have, and why. */
  readonly lost = new Map<string, SmarteyeError>();
  /** Models for which there is no room. */
  readonly closed = new Set<string>();
  /** Places that are taken. */
  taken = 0;
  #tell = () => {};

  constructor(private readonly clock: FakeClock, private readonly script: PlacesScript = {}) {
    this.jobsAtOnce = script.workers ?? 1;
    this.slots = script.slots ?? this.jobsAtOnce;
  }

  onRoom(listener: () => void): void {
    this.#tell = listener;
  }

  /** Says that something may have changed. */
  tell(): void {
    this.#tell();
  }

  hasRoom(model: string): boolean {
    return this.taken < this.slots && !this.closed.has(model) && !this.lost.has(model);
  }

  whyNever(model: string): SmarteyeError | undefined {
    return this.lost.get(model);
  }

  take(model: string): Place {
    assert.ok(this.hasRoom(model), `there is no room for ${model}`);
    this.taken++;
    let isMine = true;
    return {
      infer: async (inputs): Promise<Outcome[]> => {
        assert.ok(isMine, "a place is used after it was given back");
        const end = this.script.infer?.(inputs, model) ?? 10;
        if (typeof end !== "number") throw end;
        await this.clock.sleep(end);
        const workedMs = { decode: 0, preprocess: 0, infer: end, postprocess: 0 };
        const size = { width: 1, height: 1 };
        return inputs.map(() => (
          { kind: "findings", findings: { detections: [] }, size, workedMs }
        ));
      },
      giveBack: () => {
        assert.ok(isMine, "a place is given back twice");
        isMine = false;
        this.taken--;
        this.#tell();
      },
    };
  }
}
