/** The kinds of sinks beside a run's own files: a new one is one more entry. What they do is loaded when it is used. */

import { basename } from "node:path";
import { VIDEO_TIME } from "../../run_files.ts";
import { companionOf } from "./coco_files.ts";
import type { SharedSink, SinkPlace, SinkRun, SinkWriter } from "./writer.ts";

/** What every kind of sink says of itself. */
export interface About {
  /** What it is for, in a few words. */
  readonly about: string;
  /** Name of its file in the run's directory; absent: it has to be said where it writes. */
  readonly file?: string;
  /** What may stand for a path; absent: nothing. */
  readonly stream?: "-";
  /** Which of the results it tells apart; absent: it is for all that it can take. */
  readonly what?: readonly string[];
  /** A file loses nothing while its disk does well: a source that can wait does, where the queue is full. */
  readonly waits?: true;
  /** A file that is there is added to, and never taken away. */
  readonly adds?: true;
  /** The file that it writes beside its own; absent: none. */
  readonly companion?: (path: string) => string;
  /** It tells people: a rule that names no sink names it. */
  readonly tells?: true;
  /** How its files end; where it writes may then be a directory, in which each source's has its name. */
  readonly ending?: string;
  /** The files that it writes one after the other, by their names, beside a path; absent: it has one. */
  readonly files?: (path: string) => RegExp;
  /** Results that may wait for it, whatever is set: each holds a picture. */
  readonly queueLengthMax?: number;
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
function videoFiles(path: string): RegExp {
  const stem = basename(path).replace(/\.mp4$/i, "").replace(/[^\w-]/g, "\\$&");
  return new RegExp(`^${stem}(${VIDEO_TIME})?\\.mp4$`, "i");
}

/** Which lines of a run's own files a sink is for. */
const LINES = ["frames", "events"] as const;

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
    open: async (place, run) =>
      (await import("./video/video_writer.ts")).VideoWriter.open(place, run),
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
