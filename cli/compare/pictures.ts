/** Pictures of frames on which contestants differ: what each knew, drawn on the frame. */

import { type Detection, scaleFindings } from "../../core/detection.ts";
import { type CapturedPicture, scaledToHeight, type Size } from "../../core/frame.ts";
import { decodedPixels, pixelsJpeg } from "../../core/image.ts";
import { annotate } from "../../drawing/annotate.ts";
import { Typesetter } from "../../drawing/lettering.ts";
import { columnsOf, type Picture, type PictureRow } from "../../lab/live/side_by_side.ts";
import type { Shown } from "../../lab/live/plots.ts";
import { pickFrames } from "../../lab/live/pick_frames.ts";
import { lookAtFrames, type Watching } from "../../lab/live/watch_video.ts";
import type { ProfiledFrame } from "../../lab/profile/profile.ts";

/** Frames that are shown. */
const FRAMES_MAX = 12;

/** Pixels, by the columns that pictures stand in: as wide as one is shown on a screen. */
const WIDTH_MAX = { 2: 640, 3: 480 } as const;

/** JPEG quality, of the frame before it is drawn on and of the picture. */
const QUALITY = { before: 95, shown: 78 };

/**
 * Draws the frames on which contestants differ most.
 *
 * @param truth what is taken for true, in the order of frames.
 * @throws {SmarteyeError} when the video breaks off.
 */
export async function picturesOf(
  watching: Watching,
  truth: readonly ProfiledFrame[],
  shown: readonly Shown[],
): Promise<readonly PictureRow[]> {
  const picked = pickFrames(shown.map(({ frames }) => frames), FRAMES_MAX);
  if (picked.length === 0) return [];
  const type = await Typesetter.open();
  const rows: PictureRow[] = [];
  await lookAtFrames(
    watching,
    new Set(picked.map(({ place }) => place)),
    async (picture, place) => {
      const base = await scaled(picture, WIDTH_MAX[columnsOf(shown.length)]);
      const drawn = (things: readonly Detection[]) => draw(base, picture, things, type);
      const { index, ptsMs } = truth[place]!;
      const contestants = [];
      for (const { name, frames } of shown) {
        const frame = frames[place]!;
        contestants.push({ name, frame, picture: await drawn(frame.known) });
      }
      rows.push({ number: index, ptsMs, truth: await drawn(truth[place]!.truth), contestants });
    },
  );
  return rows;
}

/** A frame as it is drawn on, each time anew. */
interface Base extends Size {
  readonly jpeg: Uint8Array;
}

async function scaled(picture: CapturedPicture, widthMax: number): Promise<Base> {
  const size = scaledToHeight(picture, widthMax * picture.height / picture.width);
  return { ...size, jpeg: await picture.jpeg(size, QUALITY.before) };
}

/** Scaled before it is drawn on, so that letters can be read. */
async function draw(
  { jpeg, width, height }: Base,
  frame: Size,
  things: readonly Detection[],
  type: Typesetter,
): Promise<Picture> {
  const pixels = await decodedPixels(jpeg, { pixelsMax: width * height });
  annotate(pixels, scaleFindings({ detections: things }, frame, { width, height }), "", type);
  return {
    jpeg: await pixelsJpeg(pixels, QUALITY.shown),
    ...{ width, height, things: things.length },
  };
}
