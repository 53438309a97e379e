/** Takes a profile: every model, at every height and quality, on the frames of a video. */

import type { Clock } from "../../core/clock.ts";
import { type Detection, type Findings, scaleFindings } from "../../core/detection.ts";
import { SmarteyeError } from "../../core/errors.ts";
import { type CapturedPicture, scaledToHeight, type Size } from "../../core/frame.ts";
import type { FrameSource, SourceEvent } from "../../edge/capture/source.ts";
import { featuresOf, LOOKED_AT } from "../../edge/filter/features.ts";
import type { InferPicture, Inferred } from "../../inference/repository.ts";
import { f1 } from "../../core/agreement.ts";
import type { Journal } from "./journal.ts";
import type { Answer, Encoding, OperatingPoint, ProfiledFrame } from "./profile.ts";

/** What is to be profiled, and by what. */
export interface ProfileTask {
  /** Read once, from its start. */
  readonly source: FrameSource;
  /** Each how manieth frame is taken. */
  readonly every: number;
  /** Frames that are taken at most. */
  readonly framesMax: number;
  /** Labels that count. */
  readonly labels: readonly string[];
  /** Names of the models. */
  readonly models: readonly string[];
  /** How frames are sent. Of heights that are no less than a frame's own, the least is taken. */
  readonly encodings: readonly Encoding[];
  /** What is in a frame: labels, or a model, which then is asked about the whole frame. */
  readonly truth: ReadonlyMap<number, readonly Detection[]> | { readonly model: string };
  /** Keeps frames, and knows those that were taken before. */
  readonly journal: Pick<Journal, "frames" | "add">;
}

/** What a profile is taken with. */
export interface ProfileTools {
  /** Asks a model. */
  readonly infer: (picture: InferPicture, model: string) => Promise<Inferred>;
  /** Times encoding. */
  readonly clock: Clock;
  /** Pixels that a frame may have. */
  readonly pixelsMax: number;
  /** Aborts when no more frames are to be taken. */
  readonly stop: AbortSignal;
  /** Told how many frames are taken, and of how many. */
  readonly progress: (done: number, total: number | undefined) => void;
  /** Told of frames that are left out, and why. */
  readonly leftOut: (what: string) => void;
}

/** What was taken. */
export interface Taken {
  /** In order of time. */
  readonly frames: readonly ProfiledFrame[];
  /** What each frame's answers are to, in their order. */
  readonly points: readonly OperatingPoint[];
  /** Pixels of a frame. */
  readonly size: Size;
  /** Whether the source was read to its end, or as far as was asked. */
  readonly isWhole: boolean;
}

/**
 * Profiles the frames of a source. Those that the journal has are not inferred again.
 *
 * @throws {SmarteyeError} when the source breaks off or has no frame, frames are of several sizes, or a
 * model cannot be asked.
 */
export async function takeProfile(task: ProfileTask, tools: ProfileTools): Promise<Taken> {
  const { source, every, framesMax, journal } = task;
  const frames: ProfiledFrame[] = [...journal.frames];
  const total = expected(source, every, framesMax);
  const done = new AbortController();
  const signal = AbortSignal.any([tools.stop, done.signal]);
  let before: Uint8Array | undefined;
  let size: Size | undefined;
  let points: readonly OperatingPoint[] = [];
  let [number, taken] = [0, 0];
  for await (const picture of source.pictures(signal, (event) => tell(event, tools))) {
    try {
      if (signal.aborted || number++ % every !== 0) continue;
      if (picture.unreadable) {
        tools.leftOut(`frame ${number}: ${picture.unreadable.message}`);
        continue;
      }
      if (!size) {
        size = { width: picture.width, height: picture.height };
        points = pointsOf(task, size);
      }
      checkSize(picture, size, number);
      const grey = await picture.grey(LOOKED_AT);
      if (taken++ >= frames.length) {
        const known = { index: number, ptsMs: picture.ptsMs, ...featuresOf(grey, before), grey };
        const frame = { ...known, ...await lookAt(picture, number, points, task, tools) };
        await journal.add(frame);
        frames.push(frame);
      }
      before = grey;
      tools.progress(taken, total);
      if (taken === framesMax) done.abort();
    } finally {
      picture.close();
    }
  }
  if (!size) {
    throw new SmarteyeError(
      "invalid_argument",
      `Cannot profile "${source.description}": there is no frame in it`,
    );
  }
  return { frames, points, size, isWhole: !tools.stop.aborted };
}

/** Whole frames first, then every way to send one. */
function pointsOf({ models, encodings }: ProfileTask, size: Size): OperatingPoint[] {
  const own = Math.min(...encodings.map(({ height }) => height).filter((h) => h >= size.height));
  const fitting = encodings.filter(({ height }) => height <= own);
  return [undefined, ...fitting].flatMap((encoding) =>
    models.map((model) => ({ model, encoding }))
  );
}

/** Asks every model about a frame, each in all the ways that it may be sent. */
async function lookAt(
  picture: CapturedPicture,
  number: number,
  points: readonly OperatingPoint[],
  { labels, truth }: ProfileTask,
  tools: ProfileTools,
): Promise<Pick<ProfiledFrame, "truth" | "answers">> {
  const counts = (findings: Findings) => countingIn(findings, labels);
  const jpegs = new Map<string, Encoded>();
  const found: Omit<Answer, "f1">[] = [];
  for (const { model, encoding } of points) {
    if (!encoding) {
      const inferred = await tools.infer(picture, model);
      const detections = counts(inferred.findings);
      found.push({ bytes: 0, encodeMs: 0, serviceMs: serviceMs(inferred), detections });
      continue;
    }
    const key = `${encoding.height}/${encoding.quality}`;
    const { jpeg, encodeMs } = jpegs.get(key) ?? await encode(picture, encoding, tools);
    jpegs.set(key, { jpeg, encodeMs });
    const limits = { pixelsMax: tools.pixelsMax };
    const inferred = await tools.infer({ encoded: jpeg, limits }, model);
    const detections = counts(scaleFindings(inferred.findings, inferred, picture));
    found.push({ bytes: jpeg.length, encodeMs, serviceMs: serviceMs(inferred), detections });
  }
  const isWhole = ({ model, encoding }: OperatingPoint) =>
    "model" in truth && model === truth.model && !encoding;
  const there = truth instanceof Map
    ? countingIn({ detections: truth.get(number) ?? [] }, labels)
    : found[points.findIndex(isWhole)]!.detections;
  const answers = found.map((answer) => ({ ...answer, f1: f1(answer.detections, there) }));
  return { truth: there, answers };
}

interface Encoded {
  readonly jpeg: Uint8Array;
  readonly encodeMs: number;
}

async function encode(
  picture: CapturedPicture,
  { height, quality }: Encoding,
  { clock }: ProfileTools,
): Promise<Encoded> {
  const startAtMs = clock.nowMs();
  const jpeg = await picture.jpeg(scaledToHeight(picture, height), quality);
  return { jpeg, encodeMs: Number((clock.nowMs() - startAtMs).toFixed(2)) };
}

/** Detections of labels that count, rounded to what they are good for. */
function countingIn(findings: Findings, labels: readonly string[]): Detection[] {
  if (!("detections" in findings)) return [];
  const round = (value: number, digits: number) => Number(value.toFixed(digits));
  return findings.detections.filter(({ label }) => labels.includes(label)).map((d) => ({
    label: d.label,
    class_id: d.class_id,
    score: round(d.score, 3),
    box: [round(d.box[0], 1), round(d.box[1], 1), round(d.box[2], 1), round(d.box[3], 1)],
  }));
}

/** The whole of it: nobody else is before it here, so what is called waiting is the way there and back. */
function serviceMs({ timingsMs }: Inferred): number {
  return Number(timingsMs.total.toFixed(2));
}

function expected(
  { frameCount }: FrameSource,
  every: number,
  framesMax: number,
): number | undefined {
  return frameCount === undefined
    ? Number.isFinite(framesMax) ? framesMax : undefined
    : Math.min(framesMax, Math.ceil(frameCount / every));
}

function checkSize({ width, height }: Size, first: Size, number: number): void {
  if (width === first.width && height === first.height) return;
  throw new SmarteyeError(
    "invalid_argument",
    `Cannot profile frame ${number}: it is ${width}×${height}, frames of one size ` +
      `(${first.width}×${first.height}) are wanted`,
  );
}

function tell(event: SourceEvent, { leftOut }: ProfileTools): void {
  if (event.kind === "left_out") leftOut(`${event.count} ${event.what} ${event.detail}`.trim());
}
