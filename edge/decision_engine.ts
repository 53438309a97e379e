/** Asks the control policy, frame by frame, on what the edge knows at that moment. */

import { messageOf, SmarteyeError } from "../core/errors.ts";
import type { Frame } from "../core/frame.ts";
import type { ModelProfile } from "../core/model.ts";
import { seedOf } from "../core/rng.ts";
import { checkedDecision } from "../policies/offload/check.ts";
import type { LoadedPolicy } from "../policies/loaded_policy.ts";
import type { ControlSnapshot } from "../policies/offload/policy.ts";
import type { ParameterValues } from "../policies/parameters.ts";
import { fastestModel } from "../policies/offload/rank.ts";
import type { CloudLink } from "./cloud_link.ts";
import type { Estimates } from "./estimates.ts";
import type { EdgeOptions } from "./options.ts";
import type { Decided } from "./record.ts";

/** What a decision engine is made of. */
export interface DecisionParts {
  /** What is asked, and the name that records give for it. */
  readonly policy: Pick<LoadedPolicy<ControlSnapshot>, "name" | "ask" | "needs">;
  /** The policy's own parameters. */
  readonly parameters: ParameterValues;
  /** Of the policy's numbers: each frame has its own, which this and its index give. */
  readonly seed: number;
  /** What the run calls its source. */
  readonly source: string;
  /** Models that can infer here. */
  readonly localModels: readonly ModelProfile[];
  /** Read at each decision, so that it may change in between. */
  readonly cloud: Pick<CloudLink, "available" | "models" | "uplinkBytesPerSec" | "servers">;
  /** Read at each decision. */
  readonly estimates: Estimates;
}

/** The options that a decision depends on. */
export type DecisionOptions = Pick<
  EdgeOptions,
  | "service"
  | "localWorkers"
  | "offloadsMax"
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
  async decide(frame: Frame, pending: Pending): Promise<Decided> {
    const { policy, seed } = this.parts;
    try {
      const snapshot = this.#snapshot(frame, pending);
      const answer = await policy.ask(snapshot, seedOf(seed, frame.index));
      const decision = checkedDecision(answer, snapshot);
      return { policy: policy.name, decision, snapshot };
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
    const { offloadHeight, jpegQuality, deadlineMs } = this.options;
    const { ptsMs, width, height } = picture;
    return {
      source: this.parts.source,
      frame: { index, ptsMs, width, height, ageMs: 0, difference: undefined },
      service,
      last: undefined,
      local: {
        pending: pending.local,
        workers: localWorkers,
        models: localModels,
        ...estimates.local(),
      },
      cloud: {
        pending: pending.cloud,
        offloadsMax,
        available: cloud.available,
        models: cloud.models,
        ...estimates.cloud(),
        uplinkBytesPerSec: cloud.uplinkBytesPerSec,
        failuresInARow: 0,
        sent: [],
        servers: cloud.servers(),
      },
      settings: { offloadHeight, jpegQuality, deadlineMs },
      parameters: this.parts.parameters,
    };
  }
}
