/** Asks the control policy, frame by frame, on what the edge knows at that moment. */

import { messageOf, SmarteyeError } from "../core/errors.ts";
import type { Frame } from "../core/frame.ts";
import type { ModelProfile } from "../core/model.ts";
import type { Rng } from "../core/rng.ts";
import { checkedDecision } from "../policies/offload/check.ts";
import type { ControlPolicy, ControlSnapshot } from "../policies/offload/policy.ts";
import { fastestModel } from "../policies/offload/rank.ts";
import type { CloudView } from "./cloud_view.ts";
import type { Estimates } from "./estimates.ts";
import type { EdgeOptions } from "./options.ts";
import type { Decided } from "./record.ts";

/** What a decision engine is made of. */
export interface DecisionParts {
  /** What is asked, and the name that records give for it. */
  readonly policy: { readonly name: string; readonly decide: ControlPolicy };
  /** Models that can infer here. */
  readonly localModels: readonly ModelProfile[];
  /** Read at each decision, so that it may change in between. */
  readonly cloud: Pick<CloudView, "available" | "models">;
  /** Read at each decision. */
  readonly estimates: Estimates;
  /** The policy's only source of chance. */
  readonly rng: Rng;
}

/** The options that a decision depends on. */
export type DecisionOptions = Pick<
  EdgeOptions,
  | "service"
  | "localWorkers"
  | "offloadsMax"
  | "pendingThreshold"
  | "offloadHeight"
  | "jpegQuality"
  | "deadlineMs"
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
  /** Holds no state of its own: what `parts` say at a decision is what counts. */
  constructor(private readonly parts: DecisionParts, private readonly options: DecisionOptions) {}

  /**
   * What is done with a frame that was just captured.
   *
   * @throws {SmarteyeError} `internal` when the policy throws, or decides what cannot be done.
   */
  decide(frame: Frame, pending: Pending): Decided {
    const { policy, rng } = this.parts;
    try {
      const snapshot = this.#snapshot(frame, pending);
      const decision = checkedDecision(policy.decide(snapshot, rng), snapshot);
      return { policy: policy.name, decision };
    } catch (cause) {
      throw new SmarteyeError(
        "internal",
        `Cannot decide about frame ${frame.index} with the policy "${policy.name}": ` +
          messageOf(cause),
        { cause },
      );
    }
  }

  /** The model that takes over when the cloud fails; `undefined` when the edge has none. */
  fallbackModel(): string | undefined {
    return fastestModel(this.parts.localModels)?.name;
  }

  #snapshot({ index, picture }: Frame, pending: Pending): ControlSnapshot {
    const { cloud, localModels, estimates } = this.parts;
    const { service, localWorkers, offloadsMax } = this.options;
    const { pendingThreshold, offloadHeight, jpegQuality, deadlineMs } = this.options;
    const { ptsMs, width, height } = picture;
    return {
      frame: { index, ptsMs, width, height },
      service,
      local: {
        pending: pending.local,
        workers: localWorkers,
        models: localModels,
        latencyMs: estimates.localMs,
      },
      cloud: {
        pending: pending.cloud,
        offloadsMax,
        available: cloud.available,
        models: cloud.models,
        latencyMs: estimates.cloudMs,
        networkMs: estimates.networkMs,
        uplinkBytesPerSec: estimates.uplinkBytesPerSec,
      },
      settings: { pendingThreshold, offloadHeight, jpegQuality, deadlineMs },
    };
  }
}
