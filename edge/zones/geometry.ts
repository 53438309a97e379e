/** Points, polygons and lines in a plane with y downwards, as in pictures. */

/** A place. */
export type Point = readonly [x: number, y: number];

/** Whether a point is in a polygon, by the even-odd rule (Shimrat, "Algorithm 112", CACM 1962). */
export function isInside([x, y]: Point, polygon: readonly Point[]): boolean {
  let inside = false;
  for (const [[ax, ay], [bx, by]] of edgesOf(polygon)) {
    if ((ay > y) !== (by > y) && x < ax + (bx - ax) * (y - ay) / (by - ay)) inside = !inside;
  }
  return inside;
}

/** The sides of a polygon, each from its corner to the next one. */
export function edgesOf(polygon: readonly Point[]): readonly (readonly [Point, Point])[] {
  return polygon.map((point, i) => [point, polygon[(i + 1) % polygon.length]!]);
}

/** How far a point is from a segment. */
export function distanceToSegment(point: Point, from: Point, to: Point): number {
  const along = Math.min(1, Math.max(0, alongLine(point, from, to)));
  return distance(point, between(from, to, along));
}

/**
 * How far a point is from the whole line through two points: above 0 right of who looks from the first
 * to the second, as seen in the picture, below 0 left.
 */
export function sideOfLine([x, y]: Point, [ax, ay]: Point, [bx, by]: Point): number {
  const length = Math.hypot(bx - ax, by - ay);
  return length === 0 ? 0 : ((bx - ax) * (y - ay) - (by - ay) * (x - ax)) / length;
}

/** Where beside a segment a point is: 0 at its start, 1 at its end, beyond them less or more. */
export function alongLine([x, y]: Point, [ax, ay]: Point, [bx, by]: Point): number {
  const squared = (bx - ax) ** 2 + (by - ay) ** 2;
  return squared === 0 ? 0 : ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / squared;
}

/** The point at a share of the way from one to another. */
export function between([ax, ay]: Point, [bx, by]: Point, share: number): Point {
  return [ax + (bx - ax) * share, ay + (by - ay) * share];
}

/** How far apart two points are. */
export function distance([ax, ay]: Point, [bx, by]: Point): number {
  return Math.hypot(bx - ax, by - ay);
}

/** A polygon's area. */
export function areaOf(polygon: readonly Point[]): number {
  const twice = edgesOf(polygon).reduce(
    (sum, [[ax, ay], [bx, by]]) => sum + ax * by - bx * ay,
    0,
  );
  return Math.abs(twice) / 2;
}

/** The length of a polygon's sides together. */
export function perimeterOf(polygon: readonly Point[]): number {
  return edgesOf(polygon).reduce((sum, [from, to]) => sum + distance(from, to), 0);
}

/**
 * Two sides of a polygon that cross, touch or lie on each other, by the numbers of the corners that
 * they begin at, from 0; `undefined` where only neighbours meet.
 */
export function crossingSides(
  polygon: readonly Point[],
): readonly [first: number, second: number] | undefined {
  const edges = edgesOf(polygon);
  for (let i = 0; i < edges.length; i++) {
    for (let j = i + 1; j < edges.length; j++) {
      const areNeighbours = j === i + 1 || (i === 0 && j === edges.length - 1);
      const [first, second] = [edges[i]!, edges[j]!];
      const doMeet = areNeighbours
        ? j === i + 1 ? foldsBack(...first, second[1]) : foldsBack(...second, first[1])
        : doSegmentsMeet(...first, ...second);
      if (doMeet) return [i, j];
    }
  }
  return undefined;
}

/** Whether the way from a corner over the next one to the one after goes back on itself. */
function foldsBack(a: Point, b: Point, c: Point): boolean {
  const ahead = (b[0] - a[0]) * (c[0] - b[0]) + (b[1] - a[1]) * (c[1] - b[1]);
  return turn(a, b, c) === 0 && ahead <= 0;
}

function doSegmentsMeet(a: Point, b: Point, c: Point, d: Point): boolean {
  const [abc, abd, cda, cdb] = [turn(a, b, c), turn(a, b, d), turn(c, d, a), turn(c, d, b)];
  if (abc !== abd && cda !== cdb) return true;
  return (abc === 0 && isBetween(c, a, b)) || (abd === 0 && isBetween(d, a, b)) ||
    (cda === 0 && isBetween(a, c, d)) || (cdb === 0 && isBetween(b, c, d));
}

/** 1: the way from a over b to c turns right, as seen in a picture; −1: left; 0: it is straight. */
function turn(a: Point, b: Point, c: Point): number {
  const cross = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
  return Math.abs(cross) < 1e-12 ? 0 : Math.sign(cross);
}

/** Whether a point on the line through two others lies between them. */
function isBetween(point: Point, a: Point, b: Point): boolean {
  return [0, 1].every((axis) =>
    point[axis]! >= Math.min(a[axis]!, b[axis]!) && point[axis]! <= Math.max(a[axis]!, b[axis]!)
  );
}
