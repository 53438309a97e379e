/** What `smarteye compare` is told. */

import type { LogLevel } from "../../core/log.ts";
import type { GivenParameters } from "../../policies/parameters.ts";

/** Options of `smarteye compare`, checked as text; what they name is looked at before anything starts. */
export interface CompareOptions {
  /** The video, as the user named it. */
  readonly video: string;
  /** Names or paths; each is compared with each of the models. */
  readonly policies: readonly string[];
  /** Names; none: policies choose. */
  readonly models: readonly string[];
  /** As the user named it; absent: the link as it is. */
  readonly network: string | undefined;
  /** A forwarder that is there already; absent: one is started, with one server. */
  readonly forwarder: string | undefined;
  /** Seconds of the video that are played, at most. */
  readonly seconds: number;
  /** Least milliseconds between two frames; 0: every frame is to be inferred. */
  readonly intervalMs: number;
  /** Milliseconds after which a result is of no use. */
  readonly deadlineMs: number;
  /** A model's name or a file of labels; absent: the most accurate model that is here. */
  readonly truth: string | undefined;
  /** Labels that count; absent: those that are known to all. */
  readonly labels: readonly string[] | undefined;
  /** Of all that is left to chance. */
  readonly seed: number;
  /** Where everything goes. */
  readonly out: string;
  /** The current directory, which paths are relative to. */
  readonly directory: string;
  /** What was given of policies' own parameters, by the policy's name. */
  readonly parameters: Readonly<Record<string, GivenParameters>>;
  /** The model directory. */
  readonly modelDirectory: string;
  /** Least score of a detection; absent: each model's own. */
  readonly scoreThreshold: number | undefined;
  /** Pixels that a frame may have. */
  readonly pixelsMax: number;
  /** Whether edges are to record their decisions, as the config has it. */
  readonly records: boolean;
  /** The config file, for all processes; each looks for it by itself when there is none. */
  readonly config: string | undefined;
  /** For all processes. */
  readonly logLevel: LogLevel;
  /** Processor cores. */
  readonly cores: number;
  /** Print the comparison as JSON, not a table. */
  readonly json: boolean;
}
