/** Learns a filter from a video: infers every frame, and shows each to a filter for each threshold. */

import { SmarteyeError } from "../../core/errors.ts";
import type { CapturedPicture, Size } from "../../core/frame.ts";
import type { FrameSource, SourceEvent } from "../../edge/capture/source.ts";
import type { Result } from "../../edge/filter/frame_filter.ts";
import { aimOf } from "../../edge/filter/learned_tolerance.ts";
import type { GateOptions } from "../../edge/filter/motion_gate.ts";
import { chosenOf, Lesson, type Tried } from "./lesson.ts";

/** What a filter is learned from, and for what. */
export interface LearnTask {
  /** Read once, from its start. */
  readonly source: FrameSource;
  /** Seconds of the video at which it begins and ends. */
  readonly fromS: number;
  /** See there. */
  readonly toS: number;
  /** Frames that are looked at, at most. */
  readonly framesMax: number;
  /** Mean F1 that is wanted. */
  readonly target: number;
  /** How movement is seen. */
  readonly gate: GateOptions;
}

/** What it is learned with. */
export interface LearnTools {
  /** Infers a frame. */
  readonly infer: (picture: CapturedPicture) => Promise<Result>;
  /** Aborts when nothing more is to be looked at. */
  readonly stop: AbortSignal;
  /** Told how many frames are looked at, and of how many. */
  readonly progress: (done: number, total: number | undefined) => void;
  /** Told of frames that are left out, and why. */
  readonly leftOut: (what: string) => void;
}

/** What was seen. */
export interface Seen {
  /** How each threshold of each feature does. */
  readonly tried: readonly Tried[];
  /** The best; `undefined` where none is good enough. */
  readonly chosen: Tried | undefined;
  /** Frames that were looked at. */
  readonly frames: number;
  /** Frames in which something was found. */
  readonly withFindings: number;
  /** Pixels of a frame. */
  readonly size: Size;
  /** Frames a second. */
  readonly fps: number;
}

/**
 * Looks at a video.
 *
 * @throws {SmarteyeError} when it breaks off, has not two frames, or the model cannot be asked.
 */
export async function learnFilter(task: LearnTask, tools: LearnTools): Promise<Seen> {
  const { source, fromS, toS, framesMax, target, gate } = task;
  const lesson = new Lesson(target, gate);
  const done = new AbortController();
  const signal = AbortSignal.any([tools.stop, done.signal]);
  const total = expected(task);
  let size: Size | undefined;
  let [index, withFindings, firstMs, lastMs] = [0, 0, 0, 0];
  for await (const picture of source.pictures(signal, (event) => tell(event, tools))) {
    try {
      const { ptsMs, width, height, unreadable } = picture;
      if (signal.aborted || ptsMs < 1000 * fromS) continue;
      if (ptsMs >= 1000 * toS) {
        done.abort();
        continue;
      }
      if (unreadable) {
        tools.leftOut(unreadable.message);
        continue;
      }
      const result = await tools.infer(picture);
      if (index++ === 0) [size, firstMs] = [{ width, height }, ptsMs];
      lastMs = ptsMs;
      if ("detections" in result.findings && result.findings.detections.length > 0) withFindings++;
      await lesson.show({ index, picture, capturedAtMs: ptsMs, startAtMs: ptsMs }, result);
      tools.progress(index, total);
      if (index === framesMax) done.abort();
    } finally {
      picture.close();
    }
  }
  if (!size || index < 2) {
    throw new SmarteyeError(
      "invalid_argument",
      `Cannot learn from "${source.description}": there are ${index} frames of it to look at, ` +
        `two at least are wanted, and some hundred to learn anything`,
    );
  }
  const tried = lesson.tried();
  const chosen = chosenOf(tried, target);
  const isOne = withFindings > 0 && chosen && isUseful(chosen, target);
  return {
    ...{ tried, chosen: isOne ? chosen : undefined },
    ...{ frames: index, withFindings, size },
    fps: Number((1000 * (index - 1) / Math.max(1, lastMs - firstMs)).toFixed(3)),
  };
}

/** Why nothing could be learned, as a clause. */
export function whyNothing({ tried, withFindings, frames }: Seen, target: number): string {
  if (withFindings === 0) {
    return `the model finds nothing in any of the ${frames} frames, so that nothing can be judged`;
  }
  const least = (100 * (1 - target)).toFixed(0);
  const [best] = tried.filter((one) => isUseful(one, target))
    .toSorted((a, b) => b.judgedAccuracy - a.judgedAccuracy);
  const aim = aimOf(target).toFixed(3);
  return best
    ? `of all that keep more than ${least} % of the frames back, the best comes to an accuracy of ` +
      `${best.judgedAccuracy.toFixed(3)} where there is something, ${aim} is aimed at`
    : `none keeps more than ${least} % of the frames back: everything changes from each frame to the next`;
}

/** Whether it keeps so many frames back that it could not be wrong about all of them. */
function isUseful({ inferred, frames }: Tried, target: number): boolean {
  return frames - inferred > (1 - target) * frames;
}

function expected({ source, framesMax, fromS, toS }: LearnTask): number | undefined {
  const { frameCount, fps } = source;
  const span = fps === undefined ? Infinity : Math.ceil((toS - fromS) * fps);
  const left = frameCount === undefined ? Infinity : frameCount - Math.floor(fromS * (fps ?? 0));
  const least = Math.min(framesMax, span, left);
  return Number.isFinite(least) ? Math.max(1, least) : undefined;
}

function tell(event: SourceEvent, { leftOut }: LearnTools): void {
  if (event.kind === "left_out") leftOut(`${event.count} ${event.what} ${event.detail}`.trim());
}
