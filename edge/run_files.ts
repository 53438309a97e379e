/** The files of a run's directory, known by their names: whoever takes any away takes these and no other. */

/**
 * Lies in a directory while a run writes there, and is locked by it. The lock ends with the process,
 * however that ends, so a file that was left behind keeps nobody out.
 */
export const LOCK_FILE = ".smarteye.lock";

/** The directory of the pictures and clips of events, in that of the run. */
export const EVENT_FILES = "events";

/** The directory of a sink of images, where none is named. */
export const IMAGE_FILES = "images";

/** When a part of a file of lines ended, in UTC: sorts by time. */
const PART_TIME = "\\d{8}T\\d{9}Z";

/** When a file of video begins, in local time, where a run has several. */
export const VIDEO_TIME = "_\\d{4}-\\d\\d-\\d\\d_\\d\\d-\\d\\d-\\d\\d(_\\d+)?";

/**
 * What a file of a run is. Those that end while their run goes on: `frame`, `line_part`, `event_part`
 * (earlier parts of `lines` and `event_lines`), `video`. All others are written to its end.
 */
export type RunFile =
  | "frame"
  | "line_part"
  | "event_part"
  | "video"
  | "lines"
  | "event_lines"
  | "summary"
  | "database"
  | "other"
  | "unfinished";

/** A frame that was drawn. */
export const FRAME_FILE = /^frame_\d{6,}\.jpg$/;

const NAMES: readonly (readonly [RunFile, RegExp])[] = [
  ["frame", FRAME_FILE],
  ["lines", /^results\.jsonl$/],
  ["event_lines", /^events\.jsonl$/],
  ["line_part", new RegExp(`^results_${PART_TIME}\\.jsonl$`)],
  ["event_part", new RegExp(`^events_${PART_TIME}\\.jsonl$`)],
  ["summary", /^summary\.json$/],
  ["video", new RegExp(`^video(${VIDEO_TIME})?\\.mp4$`)],
  ["database", /^results\.sqlite(-wal|-shm)?$/],
  ["other", /^(coco_(results|images)\.json|mot\.txt)$/],
  [
    "unfinished",
    /^(frame_\d{6,}\.jpg|(results|events)\.jsonl|summary\.json|coco_(results|images)\.json)\.part$/,
  ],
];

/** In `EVENT_FILES`: named by the event. */
const EVENT_FILE = new RegExp(`^${PART_TIME}-.+-\\d+(_\\d+)?\\.(jpg|mp4|mkv)(\\.part)?$`);

/** What folders there may be in a run's directory, and which of their files are the run's. */
const FOLDERS: Readonly<Record<RunFolder, RegExp>> = {
  [EVENT_FILES]: EVENT_FILE,
  [IMAGE_FILES]: FRAME_FILE,
};

/** The name of such a folder. */
export type RunFolder = typeof EVENT_FILES | typeof IMAGE_FILES;

/** All of them. */
export const RUN_FOLDERS = Object.keys(FOLDERS) as readonly RunFolder[];

/** What a file of that name is in a run's directory; `undefined` of what is not a run's. */
export function runFileOf(name: string): RunFile | undefined {
  return NAMES.find(([, form]) => form.test(name))?.[0];
}

/** Whether a file of that name in such a folder of a run's directory is the run's. */
export function isFolderFile(folder: RunFolder, name: string): boolean {
  return FOLDERS[folder].test(name);
}

/** Whether a directory's name is that of a folder that a run may have in its own. */
export function isRunFolder(name: string): name is RunFolder {
  return Object.hasOwn(FOLDERS, name);
}

/** The earlier parts of a file of lines, such as `results.jsonl`, among some names: the oldest first. */
export function partsOf(name: string, names: readonly string[]): readonly string[] {
  const form = new RegExp(`^${stemOf(name)}_${PART_TIME}\\.jsonl$`);
  return names.filter((one) => form.test(one)).sort();
}

/** What a part of a file of lines is called that ended at a time, milliseconds since the Unix epoch. */
export function partName(path: string, endedMs: number): string {
  const time = new Date(endedMs).toISOString().replace(/[-:.]/g, "");
  return `${path.slice(0, -".jsonl".length)}_${time}.jsonl`;
}

function stemOf(name: string): string {
  return name.slice(0, -".jsonl".length);
}
