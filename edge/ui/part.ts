/** A frame as a part of a stream of pictures: a JPEG, and in its head all that is known of the frame. */

import type { FrameRecord } from "../record.ts";
import type { ShownFrame } from "./told.ts";

/** Between two parts. */
const BOUNDARY = "frame";

/** The head of such a stream's answer. */
export const STREAM_HEADERS: Readonly<Record<string, string>> = {
  "content-type": `multipart/x-mixed-replace; boundary=${BOUNDARY}`,
};

/** Things that a head tells of; of more, the first. */
const FOUND_MAX = 200;

/** What is told of a frame: all but masks, which are too large for a head. */
export function shownFrame({ source: _s, file: _f, ...record }: FrameRecord): ShownFrame {
  const { detections } = record;
  if (!detections) return record;
  const more = detections.length - FOUND_MAX;
  return {
    ...record,
    detections: detections.slice(0, FOUND_MAX).map(({ mask: _, ...one }) => one),
    ...(more > 0 ? { more } : {}),
  };
}

/** A frame's description as the value of a header: JSON, of ASCII alone. */
export function headOf(frame: ShownFrame): string {
  return JSON.stringify(frame).replaceAll(
    /[^\x20-\x7e]/g,
    (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** A part. It begins and ends so that parts can be put together as they are. */
export function partOf(frame: ShownFrame, jpeg: Uint8Array): Uint8Array<ArrayBuffer> {
  const head = new TextEncoder().encode(
    `--${BOUNDARY}\r\ncontent-type: image/jpeg\r\ncontent-length: ${jpeg.length}\r\n` +
      `x-frame: ${headOf(frame)}\r\n\r\n`,
  );
  const part = new Uint8Array(head.length + jpeg.length + 2);
  part.set(head);
  part.set(jpeg, head.length);
  part.set([13, 10], head.length + jpeg.length);
  return part;
}
