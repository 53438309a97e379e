/** What an edge run needs to know, resolved and checked. */

import type { OverflowRule } from "../core/bounded_queue.ts";
import type { Service } from "../core/detection.ts";
import type { GivenParameters } from "../policies/parameters.ts";
import type { ModelOptions } from "../models/model_options.ts";

/** Options of `smarteye edge`. */
export interface EdgeOptions {
  /**
   * What is read: a path, an http(s) or rtsp URL, the number of a local camera, or `synthetic:`.
   * May hold a password: never print it but through `redact`.
   */
  readonly source: string;
  /** Least time between two frames read, in milliseconds; 0 = as fast as it goes. */
  readonly intervalMs: number;
  /** Stop after this many frames; 0 = all. */
  readonly framesMax: number;
  /** What every frame is asked for; only models of it are used. */
  readonly service: Service;
  /** A registered control policy's name, or the path of a module with one. */
  readonly controlPolicy: string;
  /** This model wherever a frame is inferred; absent: the policy's choice. */
  readonly model: string | undefined;
  /** Where the edge's own models are, which are meant, and the least score that is reported. */
  readonly models: ModelOptions;
  /** Models that the edge loads; empty: every one of the service that is there. */
  readonly edgeModels: readonly string[];
  /** Frames that may wait for a local worker, and as many for an offload. */
  readonly queueLengthMax: number;
  /** What a full queue does with one more frame. */
  readonly overflow: OverflowRule;
  /** Offloads under way at once. */
  readonly offloadsMax: number;
  /** Workers that infer here; each has one thread. */
  readonly localWorkers: number;
  /** What was given of policies' own parameters, by the policy's name. */
  readonly policyParameters: Readonly<Record<string, GivenParameters>>;
  /** Of all that is left to chance in a run; absent: drawn, and told in the summary. */
  readonly seed: number | undefined;
  /** Milliseconds that a policy of the user's own may take to decide about a frame. */
  readonly decisionMs: number;
  /** Height in pixels that offloaded frames are downsized to. */
  readonly offloadHeight: number;
  /** JPEG quality of offloaded frames, 1 to 100. */
  readonly jpegQuality: number;
  /** Milliseconds from the start of an offload after which its answer is no longer waited for. */
  readonly deadlineMs: number;
  /** What becomes of a frame whose offload failed: inferred here, or dropped. */
  readonly onCloudFailure: "local" | "drop";
  /** URL of the forwarder's `/image_handler`. */
  readonly forwarderUrl: string;
  /** Milliseconds between two looks at the forwarder's health and models. */
  readonly monitorIntervalMs: number;
  /** Directory that this run's results are written to; made when missing. */
  readonly resultsDirectory: string;
  /** Whether annotated frames are written. */
  readonly images: boolean;
  /** Pixels (width × height) that a still image may have. */
  readonly pixelsMax: number;
  /** Print the summary as one JSON object on stdout. */
  readonly json: boolean;
}
