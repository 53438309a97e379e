/** What an edge run needs to know, resolved and checked. */

import type { ListenAddress } from "../core/address.ts";
import type { OverflowRule } from "../core/bounded_queue.ts";
import type { Service } from "../core/detection.ts";
import type { Size } from "../core/frame.ts";
import type { GivenParameters } from "../policies/parameters.ts";
import type { AllowanceOptions } from "./cloud/byte_allowance.ts";
import type { ModelOptions } from "../models/model_options.ts";
import type { RuleOptions } from "./rules/options.ts";
import type { SinkOptions } from "./sink/added/options.ts";
import type { FilterOptions } from "./filter/options.ts";
import type { UiOptions } from "./ui/options.ts";
import type { RetentionOptions } from "./retention/options.ts";
import type { RecordingPlace } from "./sink/decision_sink.ts";
import type { ZoneOptions } from "./zones/options.ts";

/** How RTSP packets travel; `auto`: over TCP, which loses none, and where that is refused over UDP. */
export type RtspTransport = "auto" | "tcp" | "udp";

/** What a source is read from, and how. */
export interface CaptureOptions {
  /**
   * A path, a glob, `-` for stdin, a URL, the number of a local camera, or `synthetic:`. May hold a
   * password: never print it but through `redact`.
   */
  readonly source: string;
  /** Whether pictures come in their own time; absent: what the stream is. */
  readonly live: boolean | undefined;
  /** A file is played as a camera would deliver it, in real time and live. */
  readonly realtime: boolean;
  /** What ends begins again. */
  readonly loop: boolean;
  /** Tries in a row to get a lost live source back, `Infinity` = for ever. */
  readonly reconnectsMax: number;
  /** Milliseconds without a picture after which a live source counts as stalled. */
  readonly stallMs: number;
  /** How RTSP packets travel. */
  readonly transport: RtspTransport;
  /** What decodes: `none`, `auto`, or FFmpeg's name of a device such as `vaapi` or `cuda`. */
  readonly hwaccel: string;
  /** Size asked of a local camera; absent: its own choice. */
  readonly cameraSize: Size | undefined;
  /** Frames a second asked of a local camera; absent: its own choice. */
  readonly cameraFps: number | undefined;
  /** Pixels (width × height) that a still image may have. */
  readonly pixelsMax: number;
}

/** Which frames are drawn and written as images: `every` the first of that many. */
export type ImagesRule = "all" | "detections" | "none" | { readonly every: number };

/** What is kept of the events of things that are followed: with a snapshot of each, without, nothing. */
export type EventsRule = "all" | "text" | "none";

/** One of the sources of an edge: how it is read, and what becomes of its frames. */
export interface SourceOptions extends CaptureOptions {
  /** Tells it from the others in results, paths and metrics; a name that a directory may have. */
  readonly name: string;
  /** Least time between two frames read, in milliseconds; 0 = as fast as it goes. */
  readonly intervalMs: number;
  /** Stop after this many frames were taken up; 0 = all. */
  readonly framesMax: number;
  /** What keeps frames back in which nothing happens; absent: nothing does. */
  readonly filter?: FilterOptions | undefined;
  /** A registered control policy's name, or the path of a module with one. */
  readonly controlPolicy: string;
  /** What a full queue does with one more frame. */
  readonly overflow: OverflowRule;
  /** Directory that its results are written to. */
  readonly resultsDirectory: string;
  /** Whether things are followed from frame to frame; absent: unless its frames are single images. */
  readonly track?: boolean | undefined;
  /** What is kept of events. */
  readonly events: EventsRule;
  /** Which annotated frames are written. */
  readonly images: ImagesRule;
  /** Its zones and lines; their names differ. */
  readonly zones: readonly ZoneOptions[];
  /** What people are to be told of it; absent: nothing. Their names differ. */
  readonly rules?: readonly RuleOptions[];
  /** Bytes of encoded video that are kept in memory for clips; absent: as where nothing is said. */
  readonly clipBytesMax?: number;
  /** Where its decisions are recorded; absent: nowhere. */
  readonly recording?: RecordingPlace;
}

/** What stands between the edge and its forwarder, such as an emulated network. */
export interface ForwarderVia {
  /** Where connections are opened that are meant for the forwarder: it leads on from there. */
  readonly address: ListenAddress;
  /** What it is, for people, as it goes behind the forwarder's URL: `over …`. */
  readonly description: string;
}

/** Options of `smarteye edge`. */
export interface EdgeOptions {
  /** What is read, at least one; their names differ. */
  readonly sources: readonly SourceOptions[];
  /** What the edge is called at its forwarder. */
  readonly edgeName?: string | undefined;
  /** What every frame is asked for; only models of it are used. */
  readonly service: Service;
  /** This model wherever a frame is inferred; absent: the policy's choice. */
  readonly model: string | undefined;
  /** Where the edge's own models are, which are meant, and the least score that is reported. */
  readonly models: ModelOptions;
  /** Models that the edge loads; empty: every one of the service that is there. */
  readonly edgeModels: readonly string[];
  /** Frames that may wait for a local worker, and as many for an offload. */
  readonly queueLengthMax: number;
  /** Offloads under way at once. */
  readonly offloadsMax: number;
  /** Workers that infer here, one thread each; absent: as many as suit what they run on. */
  readonly localWorkers: number | undefined;
  /** Cores of the processor. */
  readonly cores: number;
  /** `undefined`: the CPU; `"auto"`: an accelerator where there is one; a number: that accelerator or nothing. */
  readonly gpu?: number | "auto" | undefined;
  /** Directory with onnxruntime's library and CUDA's; absent: where `smarteye gpu install` puts them. */
  readonly ortLib?: string | undefined;
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
  /** Sent to the forwarder with every request as `Authorization: Bearer …`: never shown. */
  readonly forwarderToken?: string | undefined;
  /** PEM file with certificates of authorities that are trusted beside those that everybody trusts. */
  readonly forwarderAuthorities?: string | undefined;
  /** What stands before the forwarder, which is meant and named all the same; absent: nothing. */
  readonly forwarderVia?: ForwarderVia | undefined;
  /** Bytes that may go to and from the forwarder; absent: as many as it takes. */
  readonly allowance?: AllowanceOptions | undefined;
  /** Milliseconds between two looks at the forwarder's health and models. */
  readonly monitorIntervalMs: number;
  /**
   * A directory that is made for this run and is new: where there is one of its name, `_2`, `_3` … are
   * put behind it. Sources' directories that are this one or in it move along. Absent: each source's
   * directory is meant as it stands.
   */
  readonly newDirectory?: string;
  /** Results of earlier runs that are in the way are taken away. */
  readonly overwrite: boolean;
  /** Where results go beside the sources' directories; their names differ. */
  readonly sinks?: readonly SinkOptions[];
  /** How long and how much of it all is kept; absent: all of it, and pictures may fill a disk. */
  readonly retention?: RetentionOptions | undefined;
  /** Where metrics are served while the edge runs; port 0 takes a free one; absent: nowhere. */
  readonly metrics?: ListenAddress | undefined;
  /** How its pages are served while the edge runs; absent: they are not. */
  readonly ui?: UiOptions;
  /** Print the summary as one JSON object on stdout. */
  readonly json: boolean;
}
