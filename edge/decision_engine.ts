/** Asks the control policy, frame by frame, on what the edge knows at that moment. */

import type { Clock } from "../core/clock.ts";
import { messageOf, SmarteyeError } from "../core/errors.ts";
import type { Frame } from "../core/frame.ts";
import { seededRng, seedOf } from "../core/rng.ts";
import { LateDecision } from "../policies/loaded_policy.ts";
import { alwaysCloudLowestDelay } from "../policies/offload/always_cloud_lowest_delay.ts";
import { alwaysLocalFastestModel } from "../policies/offload/always_local_fastest_model.ts";
import type { ControlSnapshot, Decision, Json } from "../policies/offload/policy.ts";
import { fastestModel } from "../policies/offload/rank.ts";
import { decideOn } from "../policies/offload/decide.ts";
import type { CircuitBreaker } from "./cloud/circuit_breaker.ts";
import type { CloudLink } from "./cloud/cloud_link.ts";
import { Differences, type Differing, UNKNOWN } from "./difference.ts";
import type { Estimates } from "./estimates.ts";
import type { EdgeOptions } from "./options.ts";
import type { Decided, Ending } from "./record.ts";
import type { LocalInference } from "./local_inference.ts";
import type { AskedPolicy } from "./run_change.ts";
import { RunMemory } from "./run_memory.ts";

/** Frames in a row for which the policy may be late; one more ends the run. */
const LATE_MAX = 10;

/** What a decision engine is made of. */
export interface DecisionParts extends AskedPolicy {
  /** Of the policy's numbers: each frame has its own, which this and its index give. */
  readonly seed: number;
  /** What the run calls its source. */
  readonly source: string;
  /** What infers here: its Workers, and the models that they have. */
  readonly local: Pick<LocalInference, "workers" | "models">;
  /** Read at each decision, so that it may change in between. */
  readonly cloud: Pick<CloudLink, "models" | "uplinkBytesPerSec" | "roundTripMs" | "servers">;
  /** Things that are followed and were in the latest result. */
  readonly tracks: () => number;
  /** Whether a frame would be sent. */
  readonly breaker: Pick<CircuitBreaker, "admits" | "failuresInARow">;
  /** Read at each decision. */
  readonly estimates: Estimates;
  /** The age of frames goes by it. */
  readonly clock: Clock;
}

/** The options that a decision depends on. */
export type DecisionOptions = Pick<
  EdgeOptions,
  "service" | "offloadsMax" | "offloadHeight" | "jpegQuality" | "deadlineMs"
>;

/** Frames that wait or are being inferred, by place. */
export interface Pending {
  /** Decided to be inferred here, fallbacks of the cloud among them. */
  readonly local: number;
  /** Decided to be offloaded, and without an outcome yet. */
  readonly cloud: number;
}

/** Turns what is known into a snapshot, and a snapshot into a decision. */
export class DecisionEngine {
  /** What the run remembers of its frames. */
  readonly memory: RunMemory = new RunMemory();
  #differences: Differences;
  #asked: AskedPolicy;
  /** The one model that is meant; `undefined`: all. */
  #model: string | undefined;
  /** What was decided on last. */
  #latest: ControlSnapshot | undefined;
  /** What the policy wants to be told with the next frame. */
  #state: Json | undefined;
  #lateInARow = 0;

  /** Has decided nothing yet. */
  constructor(private readonly parts: DecisionParts, private readonly options: DecisionOptions) {
    this.#asked = { policy: parts.policy, parameters: parts.parameters };
    this.#differences = new Differences(parts.policy.needs);
  }

  /** The name of the policy that is asked. */
  get policy(): string {
    return this.#asked.policy.name;
  }

  /** The one model that is used wherever it is there; `undefined`: the policy's choice. */
  get model(): string | undefined {
    return this.#model;
  }

  /** Asks another policy from the next decision on: it begins anew. Not while one is being made. */
  ask({ policy, parameters }: AskedPolicy): void {
    this.#asked = { policy, parameters };
    this.#differences = new Differences(policy.needs);
    this.#state = undefined;
    this.#lateInARow = 0;
  }

  /** Offers policies no other model than this, wherever it is there. */
  force(model: string | undefined): void {
    this.#model = model;
  }

  /**
   * Tries what is to hold from now on, on what was decided on last: a run is not to end by a change.
   *
   * @throws {SmarteyeError} `invalid_argument` when nothing can be decided so.
   */
  async tryOut({ policy, parameters }: AskedPolicy, model: string | undefined): Promise<void> {
    if (!this.#latest) return;
    const { state: _, ...latest } = this.#latest;
    const { local, cloud } = this.#offered(model);
    const snapshot = {
      ...latest,
      parameters,
      local: { ...latest.local, models: local },
      cloud: { ...latest.cloud, models: cloud },
    };
    await decideOn(policy, snapshot, 0).catch((cause) => {
      const detail = `Cannot go on with the policy "${policy.name}": ${messageOf(cause)}`;
      throw new SmarteyeError("invalid_argument", detail, { cause });
    });
  }

  /**
   * What is done with a frame that was just captured. One decision is made after the other.
   *
   * @param pending of all runs of the node.
   * @throws {SmarteyeError} `internal` when the policy throws, decides what cannot be done, or is late
   * again and again.
   */
  async decide(frame: Frame, pending: Pending): Promise<Decided> {
    const { policy } = this.#asked;
    const { seed } = this.parts;
    // A picture that cannot be read is told by whoever infers it.
    const differing = await this.#differences.of(frame).catch(() => UNKNOWN);
    const snapshot = this.#snapshot(frame, pending, differing);
    this.#latest = snapshot;
    try {
      const { state, ...decided } = await decideOn(policy, snapshot, seedOf(seed, frame.index));
      this.#lateInARow = 0;
      if (state !== undefined) this.#state = state;
      return { policy: policy.name, ...decided, snapshot };
    } catch (error) {
      if (!(error instanceof LateDecision)) {
        throw this.#cannotDecide(frame, messageOf(error), error);
      }
      if (++this.#lateInARow >= LATE_MAX) {
        const found = `${error.message}, for ${LATE_MAX} frames in a row`;
        throw this.#cannotDecide(frame, found, error);
      }
      const decision = this.#withoutPolicy(frame, snapshot, error);
      return { policy: policy.name, decision, snapshot, late: true };
    }
  }

  /** Notes how a frame ended. */
  settled(frame: Frame, ending: Ending, decided?: Decided): void {
    this.memory.noteEnding(frame, ending, decided);
    this.#differences.settled(frame.index, "findings" in ending);
  }

  /** The model that takes over when the cloud fails; `undefined` when the edge has none. */
  fallbackModel(): string | undefined {
    const { local } = this.#offered(this.#model);
    return fastestModel(local.length > 0 ? local : this.parts.local.models)?.name;
  }

  /** The models that are meant, by place. One that is nowhere, as when a server is gone, leaves all. */
  #offered(model: string | undefined) {
    const { local: { models: local }, cloud: { models: cloud } } = this.parts;
    const isMeant = ({ name }: { readonly name: string }) => name === model;
    if (![...local, ...cloud].some(isMeant)) return { local, cloud };
    return { local: local.filter(isMeant), cloud: cloud.filter(isMeant) };
  }

  /** What is done when the policy does not say it in time: as when the cloud fails, if that can be. */
  #withoutPolicy(frame: Frame, snapshot: ControlSnapshot, { message }: LateDecision): Decision {
    const instead = snapshot.local.models.length > 0
      ? alwaysLocalFastestModel
      : alwaysCloudLowestDelay;
    try {
      return { ...instead(snapshot, seededRng(0)), reason: message };
    } catch (cause) { // there is no model anywhere
      throw this.#cannotDecide(frame, `${message}, and ${messageOf(cause)}`, cause);
    }
  }

  #cannotDecide({ index }: Frame, found: string, cause: unknown): SmarteyeError {
    const { name } = this.#asked.policy;
    const message = `Cannot decide about frame ${index} with the policy "${name}": ${found}`;
    return new SmarteyeError("internal", message, { cause });
  }

  #snapshot(
    { index, picture, startAtMs }: Frame,
    pending: Pending,
    differing: Differing,
  ): ControlSnapshot {
    const { source, tracks, cloud, breaker, local, estimates, clock } = this.parts;
    const { parameters } = this.#asked;
    const offered = this.#offered(this.#model);
    const { service, offloadsMax } = this.options;
    const { offloadHeight, jpegQuality, deadlineMs } = this.options;
    const { ptsMs, width, height } = picture;
    return {
      source,
      frame: { index, ptsMs, width, height, ageMs: clock.nowMs() - startAtMs, ...differing },
      service,
      last: this.memory.lastAt(ptsMs),
      results: this.memory.results,
      tracks: tracks(),
      local: {
        pending: pending.local,
        workers: local.workers,
        models: offered.local,
        ...estimates.local(),
      },
      cloud: {
        pending: pending.cloud,
        offloadsMax,
        available: breaker.admits,
        models: offered.cloud,
        ...estimates.cloud(),
        uplinkBytesPerSec: cloud.uplinkBytesPerSec,
        roundTripMs: cloud.roundTripMs,
        underWay: estimates.offloads.underWay(),
        recent: estimates.offloads.recent(),
        failuresInARow: breaker.failuresInARow,
        sent: this.memory.sent(),
        servers: cloud.servers(),
      },
      settings: { offloadHeight, jpegQuality, deadlineMs },
      parameters,
      ...(this.#state === undefined ? {} : { state: this.#state }),
    };
  }
}
