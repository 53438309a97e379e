/** What a control policy is: a pure function from what the edge knows to what is done with a frame. */

import type { Service } from "../../core/detection.ts";
import type { ModelProfile } from "../../core/model.ts";
import type { Rng } from "../../core/rng.ts";

/** What the edge knows at the moment of a decision. Estimates are `undefined` before there is one. */
export interface ControlSnapshot {
  /** The frame that is decided about; its pixels are not looked at. */
  readonly frame: {
    /** The frame's number in the run: 1, 2, 3 … */
    readonly index: number;
    /** Presentation time in the source, milliseconds. */
    readonly ptsMs: number;
    /** Size of the captured frame, pixels. */
    readonly width: number;
    readonly height: number;
  };
  /** What the frame is asked for; every model below does it. */
  readonly service: Service;
  /** Inference on the edge itself. */
  readonly local: {
    /** Frames that wait for, or are in, a local worker. */
    readonly pending: number;
    /** Workers that infer here. */
    readonly workers: number;
    /** Models that can infer here. */
    readonly models: readonly ModelProfile[];
    /**
     * Mean latency of the latest frames inferred here, capture to result, milliseconds; of a frame that
     * the cloud failed on, without the time that this took.
     */
    readonly latencyMs: number | undefined;
  };
  /** Inference through the forwarder. */
  readonly cloud: {
    /** Frames that wait for, or are in, an offload. */
    readonly pending: number;
    /** Offloads that may be under way at once. */
    readonly offloadsMax: number;
    /** Whether the forwarder answered when it was last asked. */
    readonly available: boolean;
    /** Models that the cloud offers. */
    readonly models: readonly ModelProfile[];
    /** Mean latency of the latest offloaded frames, capture to result, milliseconds. */
    readonly latencyMs: number | undefined;
    /** Mean time of the latest offloads on the network, both ways, milliseconds. */
    readonly networkMs: number | undefined;
    /** Bytes sent per second while sending, over the latest offloads. */
    readonly uplinkBytesPerSec: number | undefined;
  };
  /** What the user set for policies to go by; the same for all frames of a run. */
  readonly settings: {
    /** Local tasks pending from which on `threshold_offload_policy` offloads. */
    readonly pendingThreshold: number;
    /** Height in pixels that offloaded frames are downsized to. */
    readonly offloadHeight: number;
    /** JPEG quality of offloaded frames, 1 to 100. */
    readonly jpegQuality: number;
    /** Milliseconds that an offload's answer is waited for. */
    readonly deadlineMs: number;
  };
}

/** What is done with a frame, and why. */
export type Decision =
  | { readonly place: "local"; readonly model: string; readonly reason: string }
  | {
    readonly place: "cloud";
    readonly model: string;
    /** Height in pixels that the frame is sent at; never more than its own is used. */
    readonly height: number;
    /** JPEG quality that the frame is sent at, 1 to 100. */
    readonly quality: number;
    readonly reason: string;
  }
  /** The frame is not worth inferring. */
  | { readonly place: "filter"; readonly reason: string };

/** Decides about one frame. No I/O, no clock, no state outside its arguments: so it can be replayed. */
export type ControlPolicy = (snapshot: ControlSnapshot, rng: Rng) => Decision;
