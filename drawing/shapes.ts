/** Lines, areas and dots with smooth edges, as shapes that are made once and drawn often. */

import type { Sprite } from "./canvas.ts";
import { type Point, rasterise } from "./rasterise.ts";

/** Corners that stand for a circle: at these sizes no eye sees them. */
const CIRCLE = 24;

/** The inside of a polygon. @param points its corners, in pixels */
export function filled(points: readonly Point[]): Sprite {
  return rasterise([points]);
}

/** A line through points, with round ends and corners. @param width of the line, in pixels */
export function stroked(points: readonly Point[], width: number, isClosed = false): Sprite {
  const ends = isClosed ? [...points, points[0]!] : points;
  const pieces = ends.slice(1).map((to, i) => pieceOf(ends[i]!, to, width / 2));
  // What lies in two of them is drawn once: they all wind the same way.
  return rasterise([...pieces, ...points.map((point) => circleOf(point, width / 2))]);
}

/** A round dot. */
export function dot(centre: Point, radius: number): Sprite {
  return rasterise([circleOf(centre, radius)]);
}

/** An arrow from one point to another. @param width of its shaft, in pixels */
export function arrow(from: Point, to: Point, width: number): Sprite {
  const [dx, dy] = unit(from, to);
  const head = width * 2.6;
  const neck: Point = [to[0] - dx * head, to[1] - dy * head];
  const side = (by: number): Point => [neck[0] - dy * by, neck[1] + dx * by];
  const tip = [side(head * 0.62), to, side(-head * 0.62)];
  return rasterise([pieceOf(from, neck, width / 2), circleOf(from, width / 2), wound(tip)]);
}

function pieceOf(from: Point, to: Point, half: number): readonly Point[] {
  const [dx, dy] = unit(from, to);
  const off = ([x, y]: Point, by: number): Point => [x - dy * by, y + dx * by];
  return wound([off(from, half), off(to, half), off(to, -half), off(from, -half)]);
}

function circleOf([x, y]: Point, radius: number): readonly Point[] {
  return wound(Array.from({ length: CIRCLE }, (_, i): Point => {
    const angle = 2 * Math.PI * i / CIRCLE;
    return [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
  }));
}

function unit(from: Point, to: Point): Point {
  const length = Math.hypot(to[0] - from[0], to[1] - from[1]) || 1;
  return [(to[0] - from[0]) / length, (to[1] - from[1]) / length];
}

/** The same outline, wound the one way. */
function wound(outline: readonly Point[]): readonly Point[] {
  const twice = outline.reduce((sum, [x, y], i) => {
    const [nextX, nextY] = outline[(i + 1) % outline.length]!;
    return sum + x * nextY - nextX * y;
  }, 0);
  return twice < 0 ? outline.toReversed() : outline;
}
