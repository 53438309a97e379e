/** Points as people write them: `0.1,0.2 0.5,0.2 0.5,0.9`, in shares of the frame. */

import { readNumber } from "../../core/number.ts";
import { areaOf, crossingSides, distance, type Point } from "./geometry.ts";
import type { ZoneShape } from "./options.ts";

/** Corners that a polygon may have. */
const CORNERS_MAX = 64;

/** Least area of a polygon, and least length of a line, in shares of the frame: less is a slip. */
const AREA_MIN = 1e-5;
const LENGTH_MIN = 0.005;

/** What is wanted as a polygon. */
export const POLYGON_FORM =
  `3 to ${CORNERS_MAX} points in shares of the frame, 0 to 1, such as 0.1,0.9 0.4,0.3 0.8,0.9`;

/** What is wanted as a line. */
export const LINE_FORM = "two points in shares of the frame, 0 to 1, such as 0.2,0.6 0.8,0.6";

/** Something, or a hint at what is wrong with the text. */
export type Read<T> = { readonly value: T } | { readonly hint: string };

/** The polygon that a text is, or else what is wrong with it. */
export function readPolygon(text: string): Read<Extract<ZoneShape, { kind: "polygon" }>> {
  const read = readPoints(text);
  if ("hint" in read) return read;
  const points = withoutEnd(read.value);
  if (points.length < 3 || points.length > CORNERS_MAX) return { hint: countText(points.length) };
  const crossing = crossingSides(points);
  if (areaOf(points) < AREA_MIN) return { hint: "its points lie on one line" };
  if (crossing) {
    const [first, second] = crossing.map((at) =>
      `${named(points, at)} to ${named(points, at + 1)}`
    );
    return { hint: `its side from ${first} meets that from ${second}` };
  }
  return { value: { kind: "polygon", points } };
}

/** The line that a text is, or else what is wrong with it. */
export function readLine(text: string): Read<Extract<ZoneShape, { kind: "line" }>> {
  const read = readPoints(text);
  if ("hint" in read) return read;
  const [from, to] = read.value;
  if (!from || !to || read.value.length > 2) return { hint: countText(read.value.length) };
  if (distance(from, to) < LENGTH_MIN) return { hint: "it has no length" };
  return { value: { kind: "line", from, to } };
}

function countText(count: number): string {
  return `there ${count === 1 ? "is 1" : `are ${count}`}`;
}

function readPoints(text: string): Read<readonly Point[]> {
  const words = text.replace(/\s*,\s*/g, ",").split(/[\s;]+/).filter((word) => word !== "");
  const points: Point[] = [];
  for (const word of words) {
    const numbers = word.split(",").map((side) => readNumber(side, { min: -1e6, max: 1e6 }));
    const [x, y] = numbers;
    if (x === undefined || y === undefined || numbers.length !== 2) {
      return { hint: `${shownWord(word)} is no point` };
    }
    const outside = [x, y].find((value) => value < 0 || value > 1);
    if (outside !== undefined) {
      const isPixel = [x, y].every((value) => value >= 0) && outside >= 2;
      return {
        hint: isPixel
          ? `${
            shownWord(word)
          } looks like pixels: divide x by the frame's width and y by its height`
          : `${shownWord(word)} is outside the frame`,
      };
    }
    points.push([x, y]);
  }
  return { value: points };
}

function shownWord(word: string): string {
  return word.length > 20 ? `${word.slice(0, 20)}…` : word;
}

/** A polygon closes by itself: people who write its first point again at its end mean the same. */
function withoutEnd(points: readonly Point[]): readonly Point[] {
  const [first, last] = [points[0], points.at(-1)];
  const isClosed = points.length > 3 && first && last && distance(first, last) === 0;
  return isClosed ? points.slice(0, -1) : points;
}

function named(points: readonly Point[], at: number): string {
  return points[at % points.length]!.join(",");
}
