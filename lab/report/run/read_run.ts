/** Reads what an edge wrote of one source, in one pass and in bounded memory however long the run was. */

import { join } from "node:path";
import { messageOf } from "../../../core/errors.ts";
import type { EventState, LineRecord } from "../../../edge/events/event_record.ts";
import type { FrameRecord, SourceEventRecord } from "../../../edge/record.ts";
import type { CrossRecord } from "../../../edge/scene/note.ts";
import type { Summary } from "../../../edge/statistics.ts";
import type { LineCounts } from "../../../edge/zones/note.ts";
import { Away } from "./away.ts";
import type { RunFolder } from "./folder.ts";
import { Frames, OUTCOMES } from "./frames.ts";
import { readLinesOf } from "./lines.ts";
import { type Happening, HAPPENINGS, OverTime } from "./over_time.ts";
import { StoredPictures } from "./stored_pictures.ts";
import { Things } from "./things.ts";

/** Events that are shown whole: so many of the longest, and of the latest. */
export const THINGS_MAX = 12;

/** Lines that are counted. */
const LINES_MAX = 200;

/** What a run left. */
export interface RunRead {
  /** Where. */
  readonly folder: RunFolder;
  /** As the edge wrote it at the end; `undefined` where it did not come to that. */
  readonly summary: Partial<Summary> | undefined;
  /** All frames. */
  readonly frames: Frames;
  /** The run over time. */
  readonly overTime: OverTime;
  /** Of which frames there is a picture. */
  readonly pictures: StoredPictures;
  /** When the source was away. */
  readonly away: Away;
  /** The events. */
  readonly things: Things;
  /** Crossings of each line, as the results have them. */
  readonly lines: ReadonlyMap<string, LineCounts>;
  /** What zones and lines told, in all. */
  readonly happened: Readonly<Record<Happening, number>>;
  /** Whether there are frames at all, or a file for them. */
  readonly hasResults: boolean;
  /** What readers must know of what could not be read: sentences. */
  readonly notes: readonly string[];
}

/** Reads it. @throws {SmarteyeError} `failed_precondition` when a file is there and cannot be read. */
export async function readRun(folder: RunFolder): Promise<RunRead> {
  const notes: string[] = [];
  const pictures = await StoredPictures.in(folder.path);
  const frames = new Frames((frame) => pictures.count === 0 || pictures.has(frame));
  const overTime = new OverTime();
  const away = new Away();
  const lines = new Map<string, LineCounts>();
  const happened = { enter: 0, leave: 0, loiter: 0, cross: 0 };
  let strange = 0;
  const results = await readLinesOf(folder.path, "results.jsonl", (line) => {
    const frame = frameOf(line);
    if (frame) {
      const atMs = Date.parse(frame.captured_at);
      frames.add(frame, atMs);
      if (Number.isFinite(atMs)) overTime.addFrame(atMs, frame);
    } else if (line.event === "source") away.hear(line as unknown as SourceEventRecord);
    else if (isHappening(line.event)) {
      happened[line.event]++;
      const atMs = Date.parse(String(line.at));
      if (Number.isFinite(atMs)) overTime.addHappening(atMs, line.event);
      if (line.event === "cross") count(lines, line as unknown as CrossRecord);
    } else strange++;
  });
  const things = new Things(THINGS_MAX);
  const events = await readLinesOf(folder.path, "events.jsonl", (line) => {
    if (isOfThing(line)) things.hear(line as unknown as EventState | LineRecord);
  });
  things.end();
  for (const [name, read] of [["results.jsonl", results], ["events.jsonl", events]] as const) {
    if (read?.isTorn) notes.push(`The last line of ${name} is half a line, and left out.`);
    const bad = (read?.unreadable ?? 0) + (read === results ? strange : 0);
    if (bad > 0) notes.push(`${bad} of the lines of ${name} could not be read, and are left out.`);
  }
  if (!results) notes.unshift("There is no results.jsonl: nothing is known of single frames.");
  const summary = await summaryIn(folder.path, notes);
  const hasResults = results !== undefined;
  return {
    ...{ folder, summary, frames, overTime, pictures, away, things, lines, happened, hasResults },
    notes: [...notes, ...disagreement(summary, frames, hasResults)],
  };
}

/** A line's frame, with numbers where numbers must be; `undefined` of what is none. */
function frameOf(line: Readonly<Record<string, unknown>>): FrameRecord | undefined {
  if ("event" in line || typeof line.frame !== "number") return undefined;
  if (!OUTCOMES.some((outcome) => outcome === line.outcome)) return undefined;
  const number = (value: unknown) => typeof value === "number" ? value : 0;
  return {
    ...line as unknown as FrameRecord,
    ...{ pts_ms: number(line.pts_ms), latency_ms: number(line.latency_ms) },
    ...{ bytes_up: number(line.bytes_up), bytes_down: number(line.bytes_down) },
  };
}

function isHappening(event: unknown): event is Happening {
  return HAPPENINGS.some((one) => one === event);
}

function isOfThing({ event, id }: Readonly<Record<string, unknown>>): boolean {
  return typeof id === "string" &&
    ["open", "update", "close", "line"].some((one) => one === event);
}

function count(lines: Map<string, LineCounts>, { line, direction }: CrossRecord): void {
  const before = lines.get(line);
  if (!before && lines.size >= LINES_MAX) return;
  const counts = { ...before ?? { in: 0, out: 0 } };
  counts[direction]++;
  lines.set(line, counts);
}

async function summaryIn(
  directory: string,
  notes: string[],
): Promise<Partial<Summary> | undefined> {
  try {
    const value = JSON.parse(await Deno.readTextFile(join(directory, "summary.json")));
    if (typeof value === "object" && value !== null) return value;
    notes.push("summary.json has no summary: this is what the other files say.");
  } catch (cause) {
    notes.push(
      cause instanceof Deno.errors.NotFound
        ? "There is no summary.json: the run was killed, or is still going on. " +
          "This is as far as its results go."
        : `summary.json cannot be read (${messageOf(cause)}): this is what the other files say.`,
    );
  }
  return undefined;
}

/** Every captured frame has one line: whoever finds another number is told of it. */
function disagreement(
  summary: Partial<Summary> | undefined,
  { counts }: Frames,
  hasResults: boolean,
): readonly string[] {
  const said = summary?.frames?.captured;
  if (!hasResults || said === undefined || said === counts.captured) return [];
  return [
    `The summary counts ${said} frames, the results have ${counts.captured}: ` +
    "what is told of frames here is of those that the results have.",
  ];
}
