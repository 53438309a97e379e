/** The kinds of sinks beside a run's own files: a new one is one more entry. What they do is loaded when it is used. */

import { basename, dirname } from "node:path";
import { FRAME_FILE, IMAGE_FILES, VIDEO_TIME } from "../../run_files.ts";
import { companionOf } from "./coco_files.ts";
import type { SharedSink, SinkPlace, SinkRun, SinkWriter } from "./writer.ts";

/** How the address of a kind is written that writes to no file. */
export interface AddressForm {
  /** What it begins with, without the colon. */
  readonly schemes: readonly string[];
  /** One, for people. */
  readonly example: string;
  /** What its path may not have in it; absent: anything may be there. */
  readonly notInPath?: RegExp;
}

/** What every kind of sink says of itself. */
export interface About {
  /** What it is for, in a few words. */
  readonly about: string;
  /** Name of its file in the run's directory; absent: it has to be said where it writes. */
  readonly file?: string;
  /** It writes to an address, and to no file; absent: to a file. */
  readonly address?: AddressForm;
  /** What it writes is a directory; of several sources each has its own in it. */
  readonly directory?: true;
  /** What may stand for a path; absent: nothing. */
  readonly stream?: "-";
  /** Which of the results it tells apart; absent: it is for all that it can take. */
  readonly what?: readonly string[];
  /** Those that it is for where nothing is said; absent: all. */
  readonly usual?: readonly string[];
  /** It loses nothing while it does well: a source that can wait does, where the queue is full. */
  readonly waits?: true;
  /** A file that is there is added to, and never taken away. */
  readonly adds?: true;
  /** The file that it writes beside its own; absent: none. */
  readonly companion?: (path: string) => string;
  /** It tells people: a rule that names no sink names it. */
  readonly tells?: true;
  /** It counts things that no rule is met by, too: it keeps to its rules by itself. */
  readonly hearsAll?: true;
  /** How its files end; where it writes may then be a directory, in which each source's has its name. */
  readonly ending?: string;
  /** Files that it writes one after the other; absent: it has one, which grows. */
  readonly files?: (path: string) => Files;
  /** Results that may wait for it, whatever is set: each holds a picture. */
  readonly queueLengthMax?: number;
}

/** Files of one kind: where they are, and how their names look. */
export interface Files {
  /** Their directory. */
  readonly directory: string;
  /** The form of their names. */
  readonly form: RegExp;
}

/** One kind of sink. */
export type SinkKind =
  & About
  & (
    | {
      /** Each source has a file of its own. */
      readonly each: "source";
      /** Opens one. @throws {SmarteyeError} when it cannot be written. */
      readonly open: (place: SinkPlace, run: SinkRun) => Promise<SinkWriter>;
    }
    | {
      /** All sources of an edge have one together. */
      readonly each: "edge";
      /** Opens it. @throws {SmarteyeError} when it cannot be written. */
      readonly open: (place: SinkPlace) => Promise<SharedSink>;
    }
  );

/** A video's files: the path's own, and those that begin later, named by when. */
function videoFiles(path: string): Files {
  const stem = basename(path).replace(/\.mp4$/i, "").replace(/[^\w-]/g, "\\$&");
  const form = new RegExp(`^${stem}(${VIDEO_TIME})?\\.mp4$`, "i");
  return { directory: dirname(path), form };
}

/** Which lines of a run's own files a sink is for. */
const LINES = ["frames", "events"] as const;

/** Which moments a message may be about, and which are usual: an event's updates are many. */
const MOMENTS = ["open", "update", "close", "alerts", "clips", "zones", "lines", "source"] as const;
const USUAL = ["open", "close", "alerts", "clips", "zones", "lines", "source"] as const;

/** Every kind, by the word for it. */
export const SINK_KINDS = {
  sqlite: {
    about: "a database to ask: what was seen when, by what it was",
    file: "results.sqlite",
    each: "edge",
    waits: true,
    what: LINES,
    adds: true,
    open: async (place) => (await import("./sqlite/database_sink.ts")).DatabaseSink.open(place),
  },
  coco: {
    about: "COCO's JSON of detections, for tools that evaluate or label",
    file: "coco_results.json",
    companion: companionOf,
    each: "source",
    waits: true,
    open: async (place) => (await import("./coco.ts")).CocoWriter.open(place),
  },
  mot: {
    about: "MOTChallenge's text of tracks, for tools that evaluate trackers",
    file: "mot.txt",
    each: "source",
    waits: true,
    open: async (place) => (await import("./mot.ts")).MotWriter.open(place),
  },
  video: {
    about: "annotated video, H.264 in MP4: to look at what was seen",
    file: "video.mp4",
    ending: ".mp4",
    files: videoFiles,
    each: "source",
    waits: true,
    queueLengthMax: 16,
    open: async (place) => (await import("./video/video_writer.ts")).VideoWriter.open(place),
  },
  images: {
    about: "annotated JPEGs, as the run's own, in a directory of their own",
    file: IMAGE_FILES,
    directory: true,
    files: (path) => ({ directory: path, form: FRAME_FILE }),
    each: "source",
    waits: true,
    queueLengthMax: 16,
    open: async (place) => (await import("./images/images_writer.ts")).ImagesWriter.open(place),
  },
  mqtt: {
    about: "events, counts and pictures to a broker of MQTT, as Frigate has them; Home Assistant",
    address: {
      ...{ schemes: ["mqtt", "mqtts"], example: "mqtt://user@127.0.0.1:1883/smarteye" },
      notInPath: /[+#\s]|%2[3bB0]/,
    },
    tells: true,
    hearsAll: true,
    each: "edge",
    waits: true,
    open: async (place) => (await import("./mqtt/mqtt_sink.ts")).MqttSink.open(place),
  },
  webhook: {
    about: "a signed POST of JSON for each event, zone or line",
    address: { schemes: ["http", "https"], example: "https://example.org/hook" },
    tells: true,
    each: "source",
    waits: true,
    what: MOMENTS,
    usual: USUAL,
    open: async (place, run) =>
      (await import("./webhook/webhook_writer.ts")).WebhookWriter.open(place, run),
  },
  nats: {
    about: "events, also frames, to a stream of NATS JetStream",
    address: {
      ...{ schemes: ["nats", "tls"], example: "nats://127.0.0.1:4222/smarteye" },
      notInPath: /[*>\s]|%2[aA0]|%3[eE]/,
    },
    tells: true,
    each: "edge",
    waits: true,
    what: [...MOMENTS, "frames"],
    usual: USUAL,
    open: async (place) => (await import("./nats/nats_sink.ts")).NatsSink.open(place),
  },
  jsonl: {
    about: "lines of results.jsonl and events.jsonl in another place, or to another program",
    each: "source",
    waits: true,
    stream: "-",
    what: LINES,
    open: async (place, run) => (await import("./jsonl.ts")).JsonlWriter.open(place, run),
  },
} as const satisfies Readonly<Record<string, SinkKind>>;

/** The word for a kind. */
export type SinkKindName = keyof typeof SINK_KINDS;

/** Every kind's word, in the order in which help names them. */
export const SINK_KIND_NAMES = Object.keys(SINK_KINDS) as readonly SinkKindName[];
