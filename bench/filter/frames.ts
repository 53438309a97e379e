/** Frames for filters to look at: of files, and of the rendered street. */

import { systemClock } from "../../core/clock.ts";
import type { CapturedPicture, Frame } from "../../core/frame.ts";
import { PixelPicture } from "../../core/image.ts";
import { VideoSource } from "../../edge/capture/video.ts";
import type { GateOptions } from "../../edge/filter/motion_gate.ts";
import { StreetScene } from "../../street/scene.ts";

/** How an edge looks where nothing is set. */
export const GATE: GateOptions = { refreshMs: 60_000, mask: [], sensitivity: 1 };

/** A result in which nothing is found. */
export const NOTHING = { model: "none", findings: { detections: [] } };

const NEVER = new AbortController().signal;

/** A picture with its number. */
export function frameOf(picture: CapturedPicture, index: number): Frame {
  const { ptsMs } = picture;
  return { index, picture, capturedAtMs: ptsMs, startAtMs: ptsMs };
}

/** The frames of a file, each closed when the next one is asked for. */
export async function* framesOf(file: string): AsyncGenerator<Frame> {
  const how = { url: file, description: file, file, silenceMs: 5000, hwaccel: "none" };
  const source = await VideoSource.open(
    { ...how, pixelsMax: 40_000_000 },
    { clock: systemClock, drain: NEVER },
  );
  let index = 0;
  try {
    for await (const picture of source.pictures(NEVER)) {
      try {
        yield frameOf(picture, ++index);
      } finally {
        picture.close();
      }
    }
  } finally {
    await source.close();
  }
}

/** Frames of an empty street. */
export async function* emptyStreet(
  size: { readonly width: number; readonly height: number },
  { fps, frames, seed }: { readonly fps: number; readonly frames: number; readonly seed: number },
): AsyncGenerator<Frame> {
  const scene = await StreetScene.create({ ...size, fps, seed, traffic: 0 });
  for (let i = 0; i < frames; i++) {
    const { pixels } = await scene.render(i);
    yield frameOf(new PixelPicture(pixels, i * 1000 / fps), i + 1);
  }
}
