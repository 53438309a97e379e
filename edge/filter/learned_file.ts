/** What was learned of a video, as a file: `smarteye filter learn` writes it, and an edge goes by it. */

import { z } from "zod";
import { messageOf } from "../../core/errors.ts";
import { FEATURE_NAMES, type Learned } from "./learned_tolerance.ts";

/** Of the form of the file: it changes when what it says changes its meaning. */
const FORM = 1;

/** A filter, and what it was learned from. */
export interface LearnedFile extends Learned {
  /** What it was learned from. */
  readonly from: LearnedFrom;
  /** What to expect, going by that video. */
  readonly expected: Expected;
}

/** What a filter was learned from. */
export interface LearnedFrom {
  /** The video's name; no passwords. */
  readonly video: string;
  /** The model that inferred each of its frames. */
  readonly model: string;
  /** Frames that were looked at. */
  readonly frames: number;
  /** Pixels of a frame. */
  readonly width: number;
  /** Pixels of a frame. */
  readonly height: number;
  /** Frames a second. */
  readonly fps: number;
  /** Version of the program that learned it. */
  readonly smarteye: string;
}

/** What a filter came to on the video that it was learned from. */
export interface Expected {
  /** Share of the frames that were inferred. */
  readonly inferred: number;
  /** Mean F1 of all frames against inferring each. */
  readonly accuracy: number;
  /** The same of frames in which there was something. */
  readonly judgedAccuracy: number;
}

const Share = z.number().min(0).max(1);

const File = z.object({
  smarteye_filter: z.literal(FORM),
  feature: z.enum(FEATURE_NAMES),
  threshold: z.number().positive(),
  target: z.number().gt(0).lt(1),
  within: z.number().min(0).max(1),
  from: z.object({
    video: z.string(),
    model: z.string().min(1),
    frames: z.number().int().positive(),
    width: z.number().int().positive(),
    height: z.number().int().positive(),
    fps: z.number().positive(),
    smarteye: z.string(),
  }),
  expected: z.object({ inferred: Share, accuracy: Share, judged_accuracy: Share }),
});

/** A file cannot be used. */
export class UnusableFilter extends Error {
  /** Says what is there, and what could be there instead. */
  constructor(readonly found: string, readonly wanted: string) {
    super(`${found}, ${wanted} is wanted`);
  }
}

/** The file's text. */
export function learnedText({ expected, ...learned }: LearnedFile): string {
  const { judgedAccuracy, ...rest } = expected;
  const said = { ...learned, expected: { ...rest, judged_accuracy: judgedAccuracy } };
  return `${JSON.stringify({ smarteye_filter: FORM, ...said }, null, 2)}\n`;
}

/** Reads a file. @throws {UnusableFilter} when it is not there, or none that was learned. */
export function readLearned(path: string): LearnedFile {
  const wanted = "a file that `smarteye filter learn` wrote";
  let said: unknown;
  try {
    said = JSON.parse(Deno.readTextFileSync(path));
  } catch (error) {
    if (error instanceof SyntaxError) throw new UnusableFilter("a file that is no JSON", wanted);
    const isThere = !(error instanceof Deno.errors.NotFound);
    throw new UnusableFilter(isThere ? messageOf(error) : "no such file", wanted);
  }
  const form = typeof said === "object" && said !== null && "smarteye_filter" in said
    ? said.smarteye_filter
    : undefined;
  if (form === undefined) throw new UnusableFilter("JSON that is no learned filter", wanted);
  if (form !== FORM) {
    const found = `a filter of form ${JSON.stringify(form)}`;
    throw new UnusableFilter(found, `one of form ${FORM}, learned with this version,`);
  }
  const { data, error } = File.safeParse(said);
  if (error) {
    const [issue] = error.issues;
    const where = issue!.path.join(".");
    throw new UnusableFilter(`a damaged filter (${where}: ${issue!.message})`, wanted);
  }
  const { expected: { judged_accuracy, ...expected }, smarteye_filter: _, ...learned } = data;
  return { ...learned, expected: { ...expected, judgedAccuracy: judged_accuracy } };
}
