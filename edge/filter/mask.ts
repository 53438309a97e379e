/** Where in the picture nothing counts: time stamps that are burnt in, trees, a screen. */

import type { Size } from "../../core/frame.ts";
import { readNumber } from "../../core/number.ts";

/** A place, as shares of the picture's width and height, 0 to 1. */
export type Point = readonly [x: number, y: number];

/** An area of the picture by its corners, in order; at least three. */
export type Polygon = readonly Point[];

/** Corners that a polygon may have, and polygons that there may be. */
const CORNERS = { least: 3, most: 100 };
const POLYGONS_MAX = 50;

/** Polygons as people write them: `0,0 0.3,0 0.3,0.1; 0.8,0 1,0 1,0.5`; `undefined` of anything else. */
export function parsePolygons(text: string): readonly Polygon[] | undefined {
  const parts = text.split(";").map((part) => part.trim());
  if (parts.at(-1) === "") parts.pop(); // one may stand behind the last, too
  const polygons = parts.map((part) => part.split(/\s+/).map(pointOf));
  const isOne = (points: (Point | undefined)[]): points is Point[] =>
    points.length >= CORNERS.least && points.length <= CORNERS.most && !points.includes(undefined);
  const areFew = polygons.length > 0 && polygons.length <= POLYGONS_MAX;
  return areFew && polygons.every(isOne) ? polygons : undefined;
}

function pointOf(text: string): Point | undefined {
  const [x, y, ...more] = text.split(",").map((share) => readNumber(share, { min: 0, max: 1 }));
  return x === undefined || y === undefined || more.length > 0 ? undefined : [x, y];
}

/**
 * Which windows of a picture count: those whose middle is in none of the polygons.
 *
 * @param windows how many there are across and down.
 * @returns one for each window, row by row.
 */
export function outsideOf(polygons: readonly Polygon[], { width, height }: Size): boolean[] {
  return Array.from({ length: width * height }, (_, at) => {
    const middle: Point = [(at % width + 0.5) / width, (Math.floor(at / width) + 0.5) / height];
    return !polygons.some((polygon) => isWithin(middle, polygon));
  });
}

/** Whether a line from the point to the right crosses the polygon's sides an odd number of times. */
function isWithin([x, y]: Point, polygon: Polygon): boolean {
  let inside = false;
  for (const [i, [x1, y1]] of polygon.entries()) {
    const [x2, y2] = polygon[(i + 1) % polygon.length]!;
    const crosses = (y1 > y) !== (y2 > y) && x < x1 + (y - y1) * (x2 - x1) / (y2 - y1);
    if (crosses) inside = !inside;
  }
  return inside;
}
