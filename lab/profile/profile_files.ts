/** A profile as a directory: what it was made of in JSON, and three tables in Parquet (`docs/lab.md`). */

import { join } from "node:path";
import { z } from "zod";
import type { Detection } from "../../core/detection.ts";
import { messageOf, SmarteyeError } from "../../core/errors.ts";
import { type Column, parquetBytes, readParquet, type Row } from "../parquet.ts";
import type { Answer, OperatingPoint, Profile, ProfiledFrame, ProfileHead } from "./profile.ts";

/** Of the form of the files: it changes with what they say. */
const FORM = 1;

const HEAD = "profile.json";
const TABLES = { frames: "frames.parquet", answers: "answers.parquet", boxes: "boxes.parquet" };

const Head = z.object({
  form: z.literal(FORM),
  name: z.string(),
  video: z.string(),
  sha256: z.string().nullable(),
  width: z.number().int().positive(),
  height: z.number().int().positive(),
  fps: z.number().positive(),
  every: z.number().int().positive(),
  labels: z.array(z.string()).min(1).readonly(),
  truth: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("model"), model: z.string() }),
    z.object({ kind: z.literal("labels"), file: z.string() }),
  ]),
  score_threshold: z.number(),
  processor: z.string(),
  models: z.array(z.object({
    name: z.string(),
    accuracy: z.number().nullable(),
    service_ms: z.number().nonnegative(),
  })).min(1),
  points: z.array(z.object({
    model: z.string(),
    height: z.number().int().nullable(),
    quality: z.number().int().nullable(),
  })).min(1),
});

/**
 * Writes a profile into a directory; what makes it one, `profile.json`, last.
 *
 * @throws whatever writing throws.
 */
export async function writeProfile(directory: string, { head, frames }: Profile): Promise<void> {
  const tables = {
    [TABLES.frames]: frameColumns(frames),
    [TABLES.answers]: answerColumns(frames, head.points),
    [TABLES.boxes]: boxColumns(frames, head.points),
  };
  for (const [name, columns] of Object.entries(tables)) {
    await Deno.writeFile(join(directory, name), parquetBytes(columns));
  }
  await Deno.writeTextFile(join(directory, HEAD), `${JSON.stringify(headOf(head), null, 2)}\n`);
}

/**
 * Reads a profile.
 *
 * @throws {SmarteyeError} `invalid_argument` when the directory has none, or it is damaged.
 */
export async function readProfile(directory: string): Promise<Profile> {
  const head = await readHead(directory);
  const [frames, answers, boxes] = await Promise.all([
    readParquet(join(directory, TABLES.frames)),
    readParquet(join(directory, TABLES.answers)),
    readParquet(join(directory, TABLES.boxes)),
  ]);
  const { points } = head;
  if (answers.length !== frames.length * points.length) {
    const found = `${answers.length} answers to ${frames.length} frames`;
    throw unreadable(directory, `${found}, ${points.length} a frame are wanted`);
  }
  const found = Map.groupBy(boxes, keyOf);
  const boxesOf = (frame: unknown, point?: OperatingPoint) =>
    (found.get(keyOf({ frame, ...columnsOf(point) })) ?? []).map(detectionOf);
  return {
    head,
    frames: frames.map((row, at): ProfiledFrame => {
      const { frame } = row;
      return {
        index: Number(frame),
        ptsMs: Number(row["pts_ms"]),
        difference: Number(row["difference"]),
        edges: Number(row["edges"]),
        area: Number(row["area"]),
        grey: row["grey"] as Uint8Array,
        truth: boxesOf(frame),
        answers: points.map((point, i): Answer => {
          const answer = answers[at * points.length + i]!;
          return {
            bytes: Number(answer["bytes"]),
            encodeMs: rounded(answer["encode_ms"], 2),
            serviceMs: rounded(answer["service_ms"], 2),
            f1: Number(answer["f1"]),
            detections: boxesOf(frame, point),
          };
        }),
      };
    }),
  };
}

/** Whether a directory has a whole profile. */
export async function hasProfile(directory: string): Promise<boolean> {
  return await Deno.stat(join(directory, HEAD)).then(() => true, () => false);
}

async function readHead(directory: string): Promise<ProfileHead> {
  const path = join(directory, HEAD);
  let given: z.infer<typeof Head>;
  try {
    given = Head.parse(JSON.parse(await Deno.readTextFile(path)));
  } catch (error) {
    const why = error instanceof z.ZodError
      ? `"${error.issues[0]!.path.join(".")}" of ${HEAD}: ${error.issues[0]!.message}`
      : messageOf(error);
    throw unreadable(directory, `${why}; what "smarteye lab profile" writes is wanted`);
  }
  const { form: _, sha256, score_threshold, models, points, ...same } = given;
  return {
    ...same,
    sha256: sha256 ?? undefined,
    scoreThreshold: score_threshold,
    models: models.map(({ name, accuracy, service_ms }) => (
      { name, accuracy: accuracy ?? undefined, serviceMs: service_ms }
    )),
    points: points.map(({ model, height, quality }) => ({
      model,
      encoding: height === null || quality === null ? undefined : { height, quality },
    })),
  };
}

function headOf({ sha256, scoreThreshold, models, points, ...same }: ProfileHead) {
  return {
    form: FORM,
    ...same,
    sha256: sha256 ?? null,
    score_threshold: scoreThreshold,
    models: models.map(({ name, accuracy, serviceMs }) => (
      { name, accuracy: accuracy ?? null, service_ms: serviceMs }
    )),
    points: points.map((point) => columnsOf(point)),
  } satisfies z.input<typeof Head>;
}

function frameColumns(frames: readonly ProfiledFrame[]): Record<string, Column> {
  const of = (value: (frame: ProfiledFrame, at: number) => number) => frames.map(value);
  return {
    frame: { type: "INT32", data: of(({ index }) => index) },
    pts_ms: { type: "DOUBLE", data: of(({ ptsMs }) => ptsMs) },
    difference: { type: "FLOAT", data: of(({ difference }) => difference) },
    edges: { type: "FLOAT", data: of(({ edges }) => edges) },
    area: { type: "FLOAT", data: of(({ area }) => area) },
    grey: { type: "BYTE_ARRAY", data: frames.map(({ grey }) => grey) },
    last_count: { type: "INT32", data: of((_, at) => frames[at - 1]?.truth.length ?? 0) },
    count: { type: "INT32", data: of(({ truth }) => truth.length) },
  };
}

function answerColumns(
  frames: readonly ProfiledFrame[],
  points: readonly OperatingPoint[],
): Record<string, Column> {
  const rows = frames.flatMap(({ index, answers }) =>
    answers.map((answer, i) => ({ index, point: columnsOf(points[i]), answer }))
  );
  return {
    frame: { type: "INT32", data: rows.map(({ index }) => index) },
    model: { type: "STRING", data: rows.map(({ point }) => point.model) },
    height: { type: "INT32", data: rows.map(({ point }) => point.height) },
    quality: { type: "INT32", data: rows.map(({ point }) => point.quality) },
    bytes: { type: "INT32", data: rows.map(({ answer }) => answer.bytes) },
    encode_ms: { type: "FLOAT", data: rows.map(({ answer }) => answer.encodeMs) },
    service_ms: { type: "FLOAT", data: rows.map(({ answer }) => answer.serviceMs) },
    f1: { type: "FLOAT", data: rows.map(({ answer }) => answer.f1) },
    detections: { type: "INT32", data: rows.map(({ answer }) => answer.detections.length) },
  };
}

/** What was found; without a model, what is there. */
function boxColumns(
  frames: readonly ProfiledFrame[],
  points: readonly OperatingPoint[],
): Record<string, Column> {
  const rows = frames.flatMap(({ index, truth, answers }) => [
    ...truth.map((d) => ({ index, point: columnsOf(undefined), d })),
    ...answers.flatMap(({ detections }, i) =>
      detections.map((d) => ({ index, point: columnsOf(points[i]), d }))
    ),
  ]);
  const corner = (at: 0 | 1 | 2 | 3): Column => (
    { type: "FLOAT", data: rows.map(({ d }) => d.box[at]) }
  );
  return {
    frame: { type: "INT32", data: rows.map(({ index }) => index) },
    model: { type: "STRING", data: rows.map(({ point }) => point.model) },
    height: { type: "INT32", data: rows.map(({ point }) => point.height) },
    quality: { type: "INT32", data: rows.map(({ point }) => point.quality) },
    label: { type: "STRING", data: rows.map(({ d }) => d.label) },
    class_id: { type: "INT32", data: rows.map(({ d }) => d.class_id) },
    score: { type: "FLOAT", data: rows.map(({ d }) => d.score) },
    ...{ x1: corner(0), y1: corner(1), x2: corner(2), y2: corner(3) },
  };
}

function columnsOf(point: OperatingPoint | undefined) {
  return {
    model: point?.model ?? null as unknown as string,
    height: point?.encoding?.height ?? null,
    quality: point?.encoding?.quality ?? null,
  };
}

function keyOf({ frame, model, height, quality }: Row): string {
  return `${frame}|${model ?? ""}|${height ?? ""}|${quality ?? ""}`;
}

/** A float32 comes back with digits that nobody wrote. */
function rounded(value: unknown, digits: number): number {
  return Number(Number(value).toFixed(digits));
}

function detectionOf({ label, class_id, score, x1, y1, x2, y2 }: Row): Detection {
  return {
    label: String(label),
    class_id: Number(class_id),
    score: rounded(score, 3),
    box: [rounded(x1, 1), rounded(y1, 1), rounded(x2, 1), rounded(y2, 1)],
  };
}

function unreadable(directory: string, found: string): SmarteyeError {
  return new SmarteyeError("invalid_argument", `Cannot read the profile "${directory}": ${found}`);
}
