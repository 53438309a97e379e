/** How large a frame is when it is sent, and how accurate its result will be: before it is encoded. */

import type { ControlSnapshot } from "./policy.ts";

/** One way to send a frame. */
export interface Sending {
  /** Pixels. */
  readonly height: number;
  /** JPEG quality, 1 to 100. */
  readonly quality: number;
  /** Bytes of the JPEG, expected. */
  readonly bytes: number;
  /** Accuracy that is left of what the model reaches on the whole frame, 0 to 1, expected. */
  readonly accuracy: number;
}

/** Heights and qualities that are chosen from: those of `smarteye lab profile`. */
const HEIGHTS = [160, 240, 320, 480] as const;
const QUALITIES = [40, 65, 85] as const;

/**
 * What scaling and compression cost, as measured on videos that nothing is evaluated on
 * (`docs/policies.md` says which): bytes of a pixel and what is lost of F1.
 */
export const EXPECTED = {
  /** Bytes a pixel of a frame of 100,000 pixels at quality 65. */
  bytesPerPixel: 0.15,
  /** Bytes go with the pixels to this power: larger pictures have smoother pixels. */
  pixelPower: 0.8,
  /** Bytes of a quality, as a share of those at 65. */
  bytesOfQuality: { 40: 0.68, 65: 1, 85: 1.65 },
  /** F1 that is lost at a height of 160, and how that falls with the height. */
  lossOfHeight: 0.3,
  heightPower: 1.6,
  /** F1 that is lost to a quality. */
  lossOfQuality: { 40: 0.08, 65: 0.035, 85: 0.005 },
} as const;

/** Bytes on the wire of a frame beside its JPEG: the head of the request, and that of each part of its body. */
const HEAD_BYTES = 400;

/** Bytes that a frame costs when it is sent so, expected. */
export function wireBytes(
  snapshot: ControlSnapshot,
  { height, quality }: Pick<Sending, "height" | "quality">,
): number {
  const { frame, cloud: { sent } } = snapshot;
  const known = sent.find((one) => one.height === height && one.quality === quality)?.bytes;
  return HEAD_BYTES + (known ?? busyness(snapshot) * bytesExpected(frame, height, quality));
}

/** Every way to send a frame of the snapshot's size, the least bytes first. */
export function sendings(snapshot: ControlSnapshot): readonly Sending[] {
  const { frame, cloud: { sent } } = snapshot;
  const heights = HEIGHTS.filter((height) => height < frame.height);
  const own = HEIGHTS.find((height) => height >= frame.height);
  const all = [...heights, ...own === undefined ? [] : [own]].flatMap((height) =>
    QUALITIES.map((quality) => ({ height, quality }))
  );
  const busy = busyness(snapshot);
  return all.map(({ height, quality }) => ({
    height,
    quality,
    bytes: sent.find((known) => known.height === height && known.quality === quality)?.bytes ??
      busy * bytesExpected(frame, height, quality),
    accuracy: 1 - EXPECTED.lossOfHeight * (160 / Math.min(height, frame.height)) **
          EXPECTED.heightPower -
      lossOfQuality(quality),
  })).sort((a, b) => a.bytes - b.bytes);
}

/** What was sent of this video tells how busy it is: larger or smaller than expected, all alike. */
function busyness({ frame, cloud: { sent } }: ControlSnapshot): number {
  let measured = 0;
  for (const { height, quality, bytes } of sent) {
    measured += bytes / bytesExpected(frame, height, quality);
  }
  return sent.length === 0 ? 1 : measured / sent.length;
}

function bytesExpected(
  { width, height }: ControlSnapshot["frame"],
  sentHeight: number,
  quality: number,
): number {
  const scale = Math.min(1, sentHeight / height);
  const pixels = width * height * scale ** 2;
  const { bytesPerPixel, pixelPower } = EXPECTED;
  return bytesPerPixel * 100_000 * (pixels / 100_000) ** pixelPower * bytesOfQuality(quality);
}

function bytesOfQuality(quality: number): number {
  return between(EXPECTED.bytesOfQuality, quality);
}

function lossOfQuality(quality: number): number {
  return between(EXPECTED.lossOfQuality, quality);
}

/** Linear between what is known of three qualities. */
function between(known: Readonly<Record<40 | 65 | 85, number>>, quality: number): number {
  const [low, high] = quality <= 65 ? [40, 65] as const : [65, 85] as const;
  const share = Math.min(1, Math.max(0, (quality - low) / (high - low)));
  return known[low] + share * (known[high] - known[low]);
}
