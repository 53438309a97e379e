/** The last result, moved on to a later frame. */

import type { Box } from "../../core/detection.ts";
import type { Size } from "../../core/frame.ts";
import type { TrackedDetection } from "../tracking/tracked.ts";
import type { Tracker } from "../tracking/tracker.ts";

/** Share of a box that is still in the picture: of less the thing has left it. */
const LEFT_SHARE = 0.25;

/**
 * What was found last, where it is by now: things with a track where that has them, all others where they
 * were. Outlines are left out, as nobody knows them any more.
 *
 * @param atMs time of the later frame.
 * @param still nothing has moved since.
 */
export function carried(
  last: readonly TrackedDetection[],
  tracker: Pick<Tracker, "at"> | undefined,
  { atMs, still, size }: { readonly atMs: number; readonly still: boolean; readonly size: Size },
): readonly TrackedDetection[] {
  const moved = tracker?.at(atMs, { still }) ?? [];
  const boxes = new Map(moved.map(({ track_id, box }) => [track_id, box]));
  return last.flatMap(({ label, class_id, score, box, track_id }) => {
    const now = track_id === undefined ? box : boxes.get(track_id) ?? box;
    const inside = within(now, size);
    if (areaOf(inside) < LEFT_SHARE * areaOf(now)) return [];
    return { label, class_id, score, box: inside, ...(track_id === undefined ? {} : { track_id }) };
  });
}

function within([x1, y1, x2, y2]: Box, { width, height }: Size): Box {
  return [Math.max(0, x1), Math.max(0, y1), Math.min(width, x2), Math.min(height, y2)];
}

function areaOf([x1, y1, x2, y2]: Box): number {
  return Math.max(0, x2 - x1) * Math.max(0, y2 - y1);
}
