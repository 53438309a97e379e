/** What a control policy is: a pure function from what the edge knows to what is done with a frame. */

import type { Service } from "../../core/detection.ts";
import type { ModelProfile, ServerLoad } from "../../core/model.ts";
import type { Rng } from "../../core/rng.ts";
import type { ParameterValues } from "../parameters.ts";

/**
 * What the edge knows at the moment of a decision. It is plain data: it comes through JSON as it is,
 * but for what is `undefined`, which is what has not been measured yet, or not for a minute.
 */
export interface ControlSnapshot {
  /** Name of the source that the frame is of; no passwords. */
  readonly source: string;
  /** The frame that is decided about. */
  readonly frame: {
    /** The frame's number in the run: 1, 2, 3 … */
    readonly index: number;
    /** Presentation time in the source, milliseconds. */
    readonly ptsMs: number;
    /** Size of the captured frame, pixels. */
    readonly width: number;
    readonly height: number;
    /** Milliseconds since its capture. */
    readonly ageMs: number;
    /**
     * Mean difference in brightness, pixel by pixel, from the last frame that was inferred, 0 to 1;
     * only for a policy that says that it needs it, `undefined` before a frame was inferred.
     */
    readonly difference: number | undefined;
    /**
     * Share of the picture, in 64 × 36 cells, that has changed by more than noise since the frame before
     * that was decided about, 0 to 1; only for a policy that says that it needs it, `undefined` for the
     * first frame.
     */
    readonly motion: number | undefined;
  };
  /** What the frame is asked for; every model below does it. */
  readonly service: Service;
  /** The latest frame of the run with findings; `undefined` before there is one. */
  readonly last: LastFindings | undefined;
  /** The latest frames of the run with findings, in order, the newest last: at most 8. */
  readonly results: readonly RecentResult[];
  /** Things that are followed and were seen in the latest result in order of capture; 0 where none is. */
  readonly tracks: number;
  /** Inference on the edge itself. */
  readonly local: {
    /** Frames of all runs that wait for, or are in, a local worker. */
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
    /** Milliseconds since the latest of these measurements. */
    readonly measuredAgoMs: number | undefined;
  };
  /** Inference through the forwarder. */
  readonly cloud: {
    /** Frames of all runs that wait for, or are in, an offload. */
    readonly pending: number;
    /** Offloads that may be under way at once. */
    readonly offloadsMax: number;
    /**
     * Whether this frame would be sent: a ready server offers a model of the service, and the offloads
     * before it did not fail one after the other. Now and then it is true for one frame, as a probe.
     */
    readonly available: boolean;
    /** Models that the cloud offers, or last offered. */
    readonly models: readonly ModelProfile[];
    /**
     * Mean latency of the latest offloaded frames, capture to result, milliseconds. One that failed
     * counts with the time that it lasted, where that is longer.
     */
    readonly latencyMs: number | undefined;
    /** Mean time of the latest offloads on the network, both ways, milliseconds. */
    readonly networkMs: number | undefined;
    /** Mean time of the latest offloads waiting for a Worker in the cloud, milliseconds. */
    readonly queueMs: number | undefined;
    /** Mean time of the latest offloads at a Worker in the cloud, milliseconds. */
    readonly inferMs: number | undefined;
    /** Bytes a second that the uplink carries while frames are being sent, all of them together. */
    readonly uplinkBytesPerSec: number | undefined;
    /** Least time of the latest questions to the forwarder, there and back, milliseconds: the way itself. */
    readonly roundTripMs: number | undefined;
    /** Offloads of all runs that are under way, those that began first first. */
    readonly underWay: readonly OffloadUnderWay[];
    /** The latest offloads of all runs that ended, the newest last: at most 20, none older than a minute. */
    readonly recent: readonly RecentOffload[];
    /** Milliseconds since the latest answer that these measurements come from. */
    readonly measuredAgoMs: number | undefined;
    /** Offloads of the last minute that failed. */
    readonly recentFailures: number;
    /** Offloads that failed one after the other, up to now; 0 after an answer. */
    readonly failuresInARow: number;
    /** Size of the latest frames that were sent, by height and quality. */
    readonly sent: readonly SentSize[];
    /** The inference servers, as they were last told of. */
    readonly servers: readonly ServerReport[];
  };
  /** What the user set for all policies to go by; the same for all frames of a run. */
  readonly settings: {
    /** Height in pixels that offloaded frames are downsized to. */
    readonly offloadHeight: number;
    /** JPEG quality of offloaded frames, 1 to 100. */
    readonly jpegQuality: number;
    /** Milliseconds that an offload's answer is waited for. */
    readonly deadlineMs: number;
  };
  /** The policy's own parameters, by name: every one that it declares. */
  readonly parameters: ParameterValues;
  /** The `state` that came with the policy's last decision in this run; absent before the first. */
  readonly state?: Json | undefined;
}

/** What was found in the latest frame with findings, wherever it was inferred. */
export interface LastFindings {
  /** That frame's number. */
  readonly index: number;
  /** Detections or classifications. */
  readonly count: number;
  /** Milliseconds of the source's time from that frame to this one: since when nothing was inferred. */
  readonly ageMs: number;
  /** The greatest score, 0 to 1; 0 when nothing was found. */
  readonly bestScore: number;
  /** Mean of the scores, 0 to 1; 0 when nothing was found. */
  readonly meanScore: number;
  /** Every label that was found, each once, by score. */
  readonly labels: readonly string[];
}

/** A frame with findings: how it was inferred, and how much they are those of the one before. */
export interface RecentResult {
  /** That frame's number. */
  readonly index: number;
  /** Its presentation time in the source, milliseconds. */
  readonly ptsMs: number;
  /** Where it was inferred. */
  readonly place: "local" | "cloud";
  /** Which model inferred it. */
  readonly model: string;
  /** Height in pixels that it was sent at; 0 when it was inferred here. */
  readonly height: number;
  /** JPEG quality that it was sent at; 0 when it was inferred here. */
  readonly quality: number;
  /** Detections or classifications. */
  readonly count: number;
  /** Mean of their scores, 0 to 1; 0 when nothing was found. */
  readonly meanScore: number;
  /**
   * F1 of its detections held against those of each of the 7 results before it, the nearest first, at an
   * IoU of 0.5 and by label: what moved between, and what one of the two did not see, make it less. None
   * of classifications.
   */
  readonly agreements: readonly number[];
}

/** An offload that has no answer yet. */
export interface OffloadUnderWay {
  /** Of the JPEG. */
  readonly bytes: number;
  /** Milliseconds since its frame was encoded. */
  readonly sinceMs: number;
}

/** An offload that ended. */
export interface RecentOffload {
  /** Which model of the cloud it was for. */
  readonly model: string;
  /** Of the JPEG. */
  readonly bytes: number;
  /** Milliseconds since it ended. */
  readonly agoMs: number;
  /** From capture to result, or until it failed, milliseconds. */
  readonly latencyMs: number;
  /** Time on the network, both ways, milliseconds; `undefined` of one that failed. */
  readonly networkMs: number | undefined;
}

/** How large frames are when they are sent at one height and quality. */
export interface SentSize {
  /** Height in pixels, as it was decided. */
  readonly height: number;
  /** JPEG quality, 1 to 100. */
  readonly quality: number;
  /** Mean size of the latest JPEGs, bytes. */
  readonly bytes: number;
}

/** An inference server, as the forwarder and its answers tell. */
export interface ServerReport {
  /** `host:port`, as the forwarder names it. */
  readonly name: string;
  /** How busy it said it was. */
  readonly load: ServerLoad;
  /** Milliseconds since it was heard to say so. */
  readonly heardAgoMs: number;
}

/** Plain data: what JSON can say. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json };

/** How a frame is sent whose own result on the edge is doubtful. */
export interface SecondLook {
  /**
   * Mean score below which a result is doubtful, above 0, at most 1. Of a result in which nothing was
   * found it is 0: it is always doubtful.
   */
  readonly below: number;
  /** One of the cloud's. */
  readonly model: string;
  /** Height in pixels that the frame is sent at; never more than its own is used. */
  readonly height: number;
  /** JPEG quality that the frame is sent at, 1 to 100. */
  readonly quality: number;
  /** Milliseconds after its capture up to which the cloud's answer is waited for. */
  readonly waitMs?: number;
}

/** What is done with a frame, and why. */
export type Decision =
  | {
    readonly place: "local";
    readonly model: string;
    /**
     * The same frame is sent after that, if the edge's own result is doubtful and there is room. The
     * cloud's result counts if it comes in time, else the edge's own.
     */
    readonly second?: SecondLook;
    readonly reason: string;
  }
  | {
    readonly place: "cloud";
    readonly model: string;
    /** Height in pixels that the frame is sent at; never more than its own is used. */
    readonly height: number;
    /** JPEG quality that the frame is sent at, 1 to 100. */
    readonly quality: number;
    /**
     * Milliseconds after its capture up to which its answer is waited for, at most as long as the setting
     * `deadlineMs` says, which holds from when it is sent. One that comes later is no failure of the cloud.
     */
    readonly waitMs?: number;
    /**
     * Milliseconds after its capture at which it is inferred here as well, with the fastest model, unless
     * the answer is there. That result counts when none comes while it is waited for.
     */
    readonly hedgeMs?: number;
    /** What becomes of it when the cloud fails: inferred here or dropped; as the user set, where absent. */
    readonly onFailure?: "local" | "drop";
    readonly reason: string;
  }
  /** The frame is not worth inferring. */
  | { readonly place: "filter"; readonly reason: string };

/**
 * A decision, and what the policy wants to be told with the next frame: so it can learn, and still be
 * decided again from the record. Without a `state` it keeps the one that it had.
 */
export type Answer = Decision & {
  readonly state?: Json;
  /**
   * Of a policy that goes by chance: the probability with which, given this snapshot, it makes this very
   * choice of place, model, height and quality; above 0, at most 1. It changes nothing but what is
   * recorded: with it, other policies can be judged from the record (Horvitz and Thompson, JASA 1952).
   */
  readonly propensity?: number;
  /** What another policy would have done, which changes nothing but what is recorded. */
  readonly shadow?: Shadow;
};

/** What a policy decides whose decision is not carried out. */
export type Shadow =
  /** Of the cloud with height and quality. */
  | {
    readonly place: Decision["place"];
    readonly model?: string;
    readonly height?: number;
    readonly quality?: number;
    readonly reason: string;
    /** Whether place, model, height and quality are those of the decision that is carried out. */
    readonly agrees: boolean;
  }
  /** It decided nothing, and why. */
  | { readonly failed: string };

/** Decides about one frame. No I/O, no clock, no state outside its arguments: so it can be replayed. */
export type ControlPolicy = (snapshot: ControlSnapshot, rng: Rng) => Answer;
