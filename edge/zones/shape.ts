/** Zones and lines in the pixels of a frame: where something is to them. */

import type { Box } from "../../core/detection.ts";
import type { Size } from "../../core/frame.ts";
import {
  alongLine,
  areaOf,
  distanceToSegment,
  edgesOf,
  isInside,
  perimeterOf,
  type Point,
  sideOfLine,
} from "./geometry.ts";
import type { Anchor } from "./options.ts";
import type { Bands } from "./settled_side.ts";

/** What is so near to the frame's edge, as a share of the frame, lies on it. */
const AT_EDGE = 0.01;

/** Distances that count, in shares of a box's size, the root of its area: detectors' boxes tremble by 0.02 to 0.05. */
const BANDS: Bands = { clear: 0.15, mean: 0.04 };

/** Where in a frame of some size a thing stands whose box that is, in pixels, within the frame. */
export function anchorOf([x1, y1, x2, y2]: Box, anchor: Anchor, { width, height }: Size): Point {
  const within = (value: number, size: number) =>
    Math.min(size * (1 - AT_EDGE), Math.max(size * AT_EDGE, value));
  return [
    within((x1 + x2) / 2, width),
    within(anchor === "bottom" ? y2 : (y1 + y2) / 2, height),
  ];
}

/** The size of a box: the root of its area, in pixels. */
export function sizeOf([x1, y1, x2, y2]: Box): number {
  return Math.sqrt(Math.max(0, x2 - x1) * Math.max(0, y2 - y1));
}

/** How far from a line a thing of some size is clearly beyond it, in pixels. */
export function bandsOf(size: number): Bands {
  const least = Math.max(size, 4); // of a few pixels, none says much
  return { clear: BANDS.clear * least, mean: BANDS.mean * least };
}

/** A polygon in a frame. */
export class Area {
  readonly #corners: readonly Point[];
  /** Sides that can be crossed: not those along the frame's edge. */
  readonly #borders: readonly (readonly [Point, Point])[];
  /** About half of how wide it is at its widest. */
  readonly #depth: number;

  /** Brings a polygon to a frame's size. @param points in shares of the frame */
  constructor(points: readonly Point[], size: Size) {
    const inPixels = (point: Point) => pixelsOf(point, size);
    this.#corners = points.map(stretched).map(inPixels);
    this.#borders = edgesOf(points).filter((edge) => !isAtEdge(edge))
      .map(([from, to]) => [inPixels(from), inPixels(to)]);
    this.#depth = areaOf(this.#corners) / perimeterOf(this.#corners);
  }

  /** How deep in it a point is, in pixels; below 0: how far from it. */
  depthOf(point: Point): number {
    const border = this.#borders.reduce(
      (least, [from, to]) => Math.min(least, distanceToSegment(point, from, to)),
      Infinity,
    );
    return isInside(point, this.#corners) ? border : -border;
  }

  /** How deep in it, and how far from it, a thing of some size clearly is so: less where it is narrow. */
  bandsOf(size: number): Bands {
    const { clear, mean } = bandsOf(size);
    return { clear: Math.min(clear, this.#depth / 2), mean: Math.min(mean, this.#depth / 4) };
  }
}

/** A line in a frame. */
export class Border {
  readonly #from: Point;
  readonly #to: Point;

  /** Brings a line to a frame's size. @param from,to in shares of the frame */
  constructor(from: Point, to: Point, size: Size) {
    [this.#from, this.#to] = [pixelsOf(from, size), pixelsOf(to, size)];
  }

  /** How far right of it a point is, in pixels; below 0: left. */
  sideOf(point: Point): number {
    return sideOfLine(point, this.#from, this.#to);
  }

  /** Where beside it a point is: from 0 to 1 between its ends. */
  alongOf(point: Point): number {
    return alongLine(point, this.#from, this.#to);
  }
}

function pixelsOf([x, y]: Point, { width, height }: Size): Point {
  return [x * width, y * height];
}

/** A corner that lies on the frame's edge, on the edge itself. */
function stretched([x, y]: Point): Point {
  const snap = (value: number) => value <= AT_EDGE ? 0 : value >= 1 - AT_EDGE ? 1 : value;
  return [snap(x), snap(y)];
}

function isAtEdge([[ax, ay], [bx, by]]: readonly [Point, Point]): boolean {
  const are = (a: number, b: number) =>
    (a <= AT_EDGE && b <= AT_EDGE) || (a >= 1 - AT_EDGE && b >= 1 - AT_EDGE);
  return are(ax, bx) || are(ay, by);
}
