/** Recordings of decisions, as an edge or the lab's simulation wrote them. */

import { basename, join } from "node:path";
import { z } from "zod";
import { messageOf, SmarteyeError } from "../../core/errors.ts";
import { seedOf } from "../../core/rng.ts";
import {
  type DecisionRecord,
  type DecisionsHead,
  RECORDING_ENDING,
} from "../../edge/decision_record.ts";
import { type JsonLine, readFileLines } from "../json_lines.ts";

/** A decision, and where it stands. */
export interface RecordedDecision {
  /** Of the file, from 1. */
  readonly line: number;
  /** What is said there. */
  readonly record: DecisionRecord;
}

/** The decisions of one source. */
export interface DecisionRecording {
  /** Of the file. */
  readonly path: string;
  /** Its first line. */
  readonly head: DecisionsHead;
  /**
   * All decisions, in order of capture.
   *
   * @throws {SmarteyeError} `invalid_argument` with file and line, when one is not what an edge writes.
   */
  decisions(): AsyncGenerator<RecordedDecision>;
}

const Head = z.looseObject({
  form: z.literal(1),
  source: z.string(),
  policy: z.string(),
  control_policy: z.string(),
  parameters: z.record(z.string(), z.number()),
  seed: z.number().int(),
  smarteye: z.string(),
});

const Models = z.looseObject({ models: z.array(z.looseObject({ name: z.string() })) });
const probability = z.number().gt(0).lte(1);

/** What a line has to have to be of any use. All of it is kept as it stands. */
const Line = z.looseObject({
  frame: z.number().int().positive(),
  seed: z.number().int(),
  snapshot: z.looseObject({
    frame: z.looseObject({ index: z.number() }),
    local: Models,
    cloud: Models,
    settings: z.looseObject({ deadlineMs: z.number() }),
    parameters: z.record(z.string(), z.number()),
  }),
  decision: z.discriminatedUnion("place", [
    z.looseObject({ place: z.literal("local"), model: z.string(), reason: z.string() }),
    z.looseObject({
      place: z.literal("cloud"),
      model: z.string(),
      height: z.number(),
      quality: z.number(),
      reason: z.string(),
    }),
    z.looseObject({ place: z.literal("filter"), reason: z.string() }),
  ]),
  propensity: probability.optional(),
  late: z.literal(true).optional(),
  outcome: z.enum(["local", "cloud", "filtered", "dropped", "failed"]),
  latency_ms: z.number(),
  findings: z.looseObject({ count: z.number(), mean_score: z.number() }).nullable(),
});

/**
 * Opens the recordings in a directory, in order of their names, or one that is a file.
 *
 * @throws {SmarteyeError} `invalid_argument` when there is none, or the first line of one is not theirs.
 */
export async function openRecordings(place: string): Promise<readonly DecisionRecording[]> {
  const paths = await pathsIn(place);
  return await Promise.all(paths.map(openRecording));
}

async function pathsIn(place: string): Promise<readonly string[]> {
  try {
    if ((await Deno.stat(place)).isFile) return [place];
    const entries = await Array.fromAsync(Deno.readDir(place));
    const names = entries.map(({ name }) => name).filter((name) => name.endsWith(RECORDING_ENDING));
    if (names.length > 0) return names.sort().map((name) => join(place, name));
  } catch (cause) {
    throw nothingIn(place, messageOf(cause), cause);
  }
  throw nothingIn(place, `there is no file NAME${RECORDING_ENDING}`);
}

function nothingIn(place: string, found: string, cause?: unknown): SmarteyeError {
  return new SmarteyeError(
    "invalid_argument",
    `Cannot read recordings in "${place}": ${found}, ` +
      'what "smarteye edge --record" writes is wanted',
    { cause },
  );
}

async function openRecording(path: string): Promise<DecisionRecording> {
  for await (const first of linesOf(path)) {
    return { path, head: headOf(path, first), decisions: () => decisionsOf(path) };
  }
  throw refused(path, 1, "is missing");
}

function linesOf(path: string): AsyncGenerator<JsonLine> {
  return readFileLines(path, "recording");
}

function headOf(path: string, { number, value }: JsonLine): DecisionsHead {
  const head = Head.safeParse(value);
  if (!head.success) throw refused(path, number, issueOf(head.error));
  return value as DecisionsHead;
}

async function* decisionsOf(path: string): AsyncGenerator<RecordedDecision> {
  let head: DecisionsHead | undefined;
  let frameBefore = 0;
  for await (const line of linesOf(path)) {
    if (!head) {
      head = headOf(path, line);
      continue;
    }
    const record = recordOf(path, line);
    const { frame, seed, snapshot } = record;
    const wrong = frame <= frameBefore
      ? `is of frame ${frame}, one after frame ${frameBefore}`
      : snapshot.frame.index !== frame
      ? `is of frame ${frame} with the snapshot of frame ${snapshot.frame.index}, one frame`
      : seed !== seedOf(head.seed, frame)
      ? `has the seed ${seed}, for frame ${frame} ${seedOf(head.seed, frame)}`
      : undefined;
    if (wrong !== undefined) throw refused(path, line.number, wrong);
    frameBefore = frame;
    yield { line: line.number, record };
  }
}

function recordOf(path: string, { number, value }: JsonLine): DecisionRecord {
  const line = Line.safeParse(value);
  if (!line.success) throw refused(path, number, issueOf(line.error));
  return value as DecisionRecord;
}

function issueOf({ issues: [issue] }: z.ZodError): string {
  return `has "${issue!.path.join(".")}" that is not usable (${issue!.message}), ` +
    `what "smarteye edge --record" writes there`;
}

function refused(path: string, line: number, found: string): SmarteyeError {
  return new SmarteyeError(
    "invalid_argument",
    `Cannot use the recording "${basename(path)}": line ${line} ${found} is wanted (${path})`,
  );
}
