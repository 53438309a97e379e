/** Places at Workers that are not there: jobs take virtual time, one after the other in each. */

import assert from "node:assert/strict";
import type { SmarteyeError } from "../../core/errors.ts";
import type { FakeClock } from "../../core/fake_clock.ts";
import type { Place, Places, Ran } from "../../inference/places.ts";
import type { Outcome, WorkerInput } from "../../inference/workers/worker_messages.ts";
import { TakenPlaces } from "../../inference/workers/taken_places.ts";

/** How the Workers behave. */
export interface PlacesScript {
  readonly workers?: number;
  readonly slots?: number;
  /** Milliseconds for which this thread is said to have no time for answers. */
  readonly lagMs?: number;
  /** Milliseconds of one inference, or what it fails with. */
  readonly infer?: (inputs: readonly WorkerInput[], model: string) => number | SmarteyeError;
}

interface FakeWorker {
  readonly places: TakenPlaces;
  /** Resolves when all is done that it was asked. */
  idle: Promise<void>;
}

/** Fake Workers, all of which hold every model that is not among the lost. */
export class FakePlaces implements Places {
  readonly jobsAtOnce: number;
  readonly slots: number;
  /** Models that no Worker will have, and why. */
  readonly lost = new Map<string, SmarteyeError>();
  /** Models for which there is no room. */
  readonly closed = new Set<string>();
  /** How many inputs each run had that was not left out. */
  readonly runs: number[] = [];
  readonly #workers: readonly FakeWorker[];
  #tell = () => {};

  constructor(private readonly clock: FakeClock, private readonly script: PlacesScript = {}) {
    this.jobsAtOnce = script.workers ?? 1;
    this.slots = script.slots ?? this.jobsAtOnce;
    this.#workers = Array.from(
      { length: this.jobsAtOnce },
      () => ({ places: new TakenPlaces(clock), idle: Promise.resolve() }),
    );
  }

  /** Places that are taken. */
  get taken(): number {
    return this.#workers.reduce((sum, { places }) => sum + places.count, 0);
  }

  get running(): number {
    return this.#workers.reduce((sum, { places }) => sum + places.running, 0);
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

  committedMs(): readonly number[] {
    return this.#workers.map(({ places }) => places.committedMs);
  }

  whyNever(model: string): SmarteyeError | undefined {
    return this.lost.get(model);
  }

  take(model: string, costMs: number): Place {
    assert.ok(this.hasRoom(model), `there is no room for ${model}`);
    const free = this.#workers.filter(({ places }) => places.count < this.slots / this.jobsAtOnce);
    const worker = free.reduce((a, b) => b.places.committedMs < a.places.committedMs ? b : a);
    const taken = worker.places.take(costMs);
    const leftOut = new Set<number>();
    let isMine = true;
    return {
      infer: async (inputs): Promise<Ran> => {
        assert.ok(isMine, "a place is used after it was given back");
        const { answer, tookMs } = await worker.places.during(taken, inputs.length, () => {
          const done = worker.idle.then(() => this.#infer(inputs, model, leftOut));
          worker.idle = done.then(() => {}, () => {});
          return done;
        });
        return { outcomes: answer, tookMs, lagMs: this.script.lagMs ?? 0 };
      },
      leaveOut: (index) => void leftOut.add(index),
      giveBack: () => {
        assert.ok(isMine, "a place is given back twice");
        isMine = false;
        worker.places.giveBack(taken);
        this.#tell();
      },
    };
  }

  async #infer(
    inputs: readonly WorkerInput[],
    model: string,
    leftOut: ReadonlySet<number>,
  ): Promise<Outcome[]> {
    const some = inputs.filter((_, at) => !leftOut.has(at));
    const isLeftOut = inputs.map((_, at) => leftOut.has(at));
    if (some.length > 0) this.runs.push(some.length);
    const end = some.length === 0 ? 0 : this.script.infer?.(some, model) ?? 10;
    if (typeof end !== "number") throw end;
    if (end > 0) await this.clock.sleep(end);
    const workedMs = { decode: 0, preprocess: 0, infer: end, postprocess: 0 };
    const size = { width: 1, height: 1 };
    return isLeftOut.map((isLeft): Outcome =>
      isLeft ? { kind: "failed", error: { code: "cancelled", message: "left out" } } : {
        kind: "findings",
        findings: { detections: [] },
        size,
        together: inputs.length,
        workedMs,
      }
    );
  }
}
