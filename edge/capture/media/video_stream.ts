/** Which of an input's streams is the video. */

import { Codec, type Stream } from "node-av";
import {
  AV_DISPOSITION_ATTACHED_PIC,
  AV_DISPOSITION_DEFAULT,
  AV_DISPOSITION_DEPENDENT,
  AV_DISPOSITION_TIMED_THUMBNAILS,
  AVDISCARD_ALL,
  AVMEDIA_TYPE_VIDEO,
} from "node-av/constants";

/**
 * What is there to look at.
 *
 * @internal
 */
export interface VideoChoice {
  /** The video; `undefined` where there is none. */
  readonly stream: Stream | undefined;
  /** Why there is none, or what was left aside, as a clause; empty where there is nothing to say. */
  readonly found: string;
}

/**
 * Chooses as a player does: no cover picture and no thumbnails, of several videos the one that the
 * file calls its default, and of these the largest. Other streams are read no more.
 *
 * @internal
 */
export function chooseVideo(streams: readonly Stream[]): VideoChoice {
  const pictures = streams.filter(({ codecpar }) => codecpar.codecType === AVMEDIA_TYPE_VIDEO);
  const tiles = pictures.filter(({ disposition }) => disposition & AV_DISPOSITION_DEPENDENT);
  if (tiles.length > 1) {
    return { stream: undefined, found: `it is one picture of ${tiles.length} tiles` };
  }
  const videos = pictures.filter(({ disposition }) =>
    !(disposition & (AV_DISPOSITION_ATTACHED_PIC | AV_DISPOSITION_TIMED_THUMBNAILS))
  );
  if (videos.length === 0) {
    const found = pictures.length > 0
      ? "it has a cover picture and no video"
      : "it has no pictures";
    return { stream: undefined, found };
  }
  const readable = videos.filter(({ codecpar }) => Codec.findDecoder(codecpar.codecId));
  const [best] = readable.toSorted((a, b) => rank(b) - rank(a));
  if (!best) return { stream: undefined, found: "its video is of a kind that cannot be decoded" };
  for (const stream of streams) if (stream.index !== best.index) stream.discard = AVDISCARD_ALL;
  const others = videos.length - 1;
  const found = others === 0 ? "" : `${others} more of its ${videos.length} videos are not read`;
  return { stream: best, found };
}

/** What moves comes first: the picture that stands for an animated AVIF is a stream of one frame. */
function rank({ disposition, nbFrames, codecpar: { width, height } }: Stream): number {
  const moves = nbFrames === 1n ? 0 : 2 ** 41;
  return moves + (disposition & AV_DISPOSITION_DEFAULT ? 2 ** 40 : 0) + width * height;
}
