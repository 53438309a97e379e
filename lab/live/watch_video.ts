/** Looks at the frames of a video once more, after it was played: what is in them, and what they look like. */

import type { Detection } from "../../core/detection.ts";
import { SmarteyeError } from "../../core/errors.ts";
import type { CapturedPicture, Size } from "../../core/frame.ts";
import type { FrameSource } from "../../edge/capture/source.ts";
import type { InferPicture, Inferred } from "../../inference/repository.ts";
import type { Profile, ProfiledFrame, TruthSource } from "../profile/profile.ts";

/** What frames are looked at with. */
export interface Watching {
  /** Read once, from its start. */
  readonly source: FrameSource;
  /** Where in the video it ends, milliseconds. */
  readonly untilMs: number;
  /** Aborts when no more frames are to be looked at. */
  readonly stop: AbortSignal;
}

/** The frames of a video, and their size. */
export interface WatchedVideo extends Size {
  /** In order of time. */
  readonly frames: readonly { readonly ptsMs: number; readonly truth: readonly Detection[] }[];
  /** Frames a second. */
  readonly fps: number;
}

/**
 * Reads a video and tells what is in each frame.
 *
 * @param truth by the number of a frame from 1 on, or a model that is asked about whole frames.
 * @param progress told after each frame.
 * @throws {SmarteyeError} when the video breaks off or has no frame, or the model cannot be asked;
 * `cancelled` when it was stopped.
 */
export async function watchVideo(
  watching: Watching,
  truth:
    | ReadonlyMap<number, readonly Detection[]>
    | ((picture: InferPicture) => Promise<Pick<Inferred, "findings">>),
  progress: (done: number) => void,
): Promise<WatchedVideo> {
  const frames: { readonly ptsMs: number; readonly truth: readonly Detection[] }[] = [];
  let size: Size | undefined;
  for await (const picture of picturesOf(watching)) {
    const { ptsMs, width, height, unreadable } = picture;
    if (width > 0) size ??= { width, height };
    frames.push({ ptsMs, truth: unreadable ? [] : await truthIn(picture, frames.length + 1) });
    progress(frames.length);
  }
  if (watching.stop.aborted) throw new SmarteyeError("cancelled", "the comparison was stopped");
  if (!size) {
    const { description } = watching.source;
    const message = `Cannot compare on "${description}": there is no frame in it`;
    throw new SmarteyeError("invalid_argument", message);
  }
  const spanMs = frames.at(-1)!.ptsMs - frames[0]!.ptsMs;
  const measured = spanMs > 0 ? 1000 * (frames.length - 1) / spanMs : undefined;
  const fps = Number((measured ?? watching.source.fps ?? 25).toFixed(3));
  return { frames, ...size, fps };

  async function truthIn(picture: CapturedPicture, number: number): Promise<readonly Detection[]> {
    if (typeof truth !== "function") return truth.get(number) ?? [];
    const { findings } = await truth(picture);
    return "detections" in findings ? findings.detections : [];
  }
}

/**
 * Reads a video once more, and hands some of its frames over.
 *
 * @param places of the frames: 0, 1, 2 …
 * @throws {SmarteyeError} as {@link watchVideo} does.
 */
export async function lookAtFrames(
  watching: Watching,
  places: ReadonlySet<number>,
  look: (picture: CapturedPicture, place: number) => Promise<void>,
): Promise<void> {
  let place = 0;
  const last = Math.max(-1, ...places);
  for await (const picture of picturesOf(watching)) {
    if (places.has(place)) await look(picture, place);
    if (place++ >= last) return;
  }
}

/** Closes each when the next is asked for. */
async function* picturesOf({ source, untilMs, stop }: Watching): AsyncGenerator<CapturedPicture> {
  const done = new AbortController();
  const signal = AbortSignal.any([stop, done.signal]);
  try {
    for await (const picture of source.pictures(signal)) {
      try {
        if (picture.ptsMs >= untilMs) break;
        yield picture;
      } finally {
        picture.close();
      }
    }
  } finally {
    done.abort();
  }
}

/** What is known of a video, as live runs of it are scored by: a profile that nobody was asked for. */
export function truthProfile(
  { frames, width, height, fps }: WatchedVideo,
  { name, truth, labels }: {
    readonly name: string;
    readonly truth: TruthSource;
    readonly labels: readonly string[];
  },
): Profile {
  const unseen = { difference: 0, edges: 0, area: 0, grey: new Uint8Array(), answers: [] };
  return {
    head: {
      ...{ name, video: name, sha256: undefined, width, height, fps, every: 1, labels, truth },
      ...{ scoreThreshold: 0, processor: "", models: [], points: [] },
    },
    frames: frames.map(({ ptsMs, truth }, place): ProfiledFrame => ({
      ...{ index: place + 1, ptsMs, ...unseen },
      truth: truth.filter(({ label }) => labels.includes(label)),
    })),
  };
}
