/** Zones and lines of a scene, drawn on its picture. */

import type { Size } from "../core/frame.ts";
import type { Canvas, Rgb, Sprite } from "./canvas.ts";
import type { Typesetter } from "./lettering.ts";
import type { Point } from "./rasterise.ts";
import { arrow, dot, filled, stroked } from "./shapes.ts";
import { drawTag } from "./tag.ts";

/** A zone or a line, in shares of the frame. */
export interface DrawnZone {
  /** What it is called. */
  readonly name: string;
  /** Where it is. */
  readonly shape:
    | { readonly kind: "polygon"; readonly points: readonly Point[] }
    | { readonly kind: "line"; readonly from: Point; readonly to: Point };
}

/** How zones look. */
export interface ZoneLook {
  /** How much of an area's colour lies over it, 0 to 1. */
  readonly tint?: number;
  /** Whether corners are marked, and which way is in. */
  readonly isDetailed?: boolean;
}

/** Colours that stay apart from each other and from those of boxes. */
const COLORS: readonly Rgb[] = [
  [0x7c, 0xff, 0x4f],
  [0x4f, 0xd8, 0xff],
  [0xff, 0x8a, 0xf3],
  [0xff, 0xe0, 0x4a],
  [0xff, 0x9b, 0x6b],
  [0xb9, 0xa6, 0xff],
];

const INK: Rgb = [0x10, 0x15, 0x1a];

interface Layer {
  readonly sprite: Sprite;
  readonly color: Rgb;
  readonly opacity: number;
}

interface Label {
  readonly text: string;
  readonly at: Point;
  /** Which way from there it lies. */
  readonly beside: Point;
  readonly color: Rgb;
}

interface Drawing extends Size {
  readonly layers: readonly Layer[];
  readonly labels: readonly Label[];
}

/** Zones that are drawn on many pictures: their shapes are made once a size. */
export class ZoneOverlay {
  #drawing: Drawing | undefined;

  /** Draws nothing yet. */
  constructor(private zones: readonly DrawnZone[] = [], private readonly look: ZoneLook = {}) {}

  /** Draws these from now on. */
  show(zones: readonly DrawnZone[]): void {
    if (zones === this.zones) return;
    this.zones = zones;
    this.#drawing = undefined;
  }

  /** Draws the zones; their names lie above all of them. */
  draw(canvas: Canvas, type: Typesetter): void {
    const { width, height } = canvas;
    const isFitting = this.#drawing?.width === width && this.#drawing.height === height;
    const drawing = isFitting ? this.#drawing! : drawingOf(this.zones, this.look, canvas);
    this.#drawing = drawing;
    for (const { sprite, color, opacity } of drawing.layers) {
      canvas.stamp(sprite, 0, 0, color, opacity);
    }
    const sizePx = letteringOf(canvas);
    for (const { text, at, beside, color } of drawing.labels) {
      drawTag(canvas, type, text, at, { sizePx, paper: color, ink: INK, opacity: 0.9, beside });
    }
  }
}

/** Draws zones on one picture. */
export function drawZones(
  canvas: Canvas,
  zones: readonly DrawnZone[],
  type: Typesetter,
  look: ZoneLook = {},
): void {
  new ZoneOverlay(zones, look).draw(canvas, type);
}

/** Height of letters on a picture of some size, pixels. */
export function letteringOf({ width, height }: Size): number {
  return Math.max(10, Math.round(Math.min(width, height) / 34));
}

function drawingOf(zones: readonly DrawnZone[], look: ZoneLook, size: Size): Drawing {
  const drawn = zones.map(({ name, shape }, i) => {
    const color = COLORS[i % COLORS.length]!;
    const inPixels = ([x, y]: Point): Point => [x * size.width, y * size.height];
    return shape.kind === "polygon"
      ? areaOf(name, shape.points.map(inPixels), color, look, size)
      : lineOf(name, inPixels(shape.from), inPixels(shape.to), color, look, size);
  });
  return {
    width: size.width,
    height: size.height,
    layers: drawn.flatMap(({ layers }) => layers),
    labels: drawn.flatMap(({ labels }) => labels),
  };
}

type Part = Pick<Drawing, "layers" | "labels">;

function areaOf(
  text: string,
  points: readonly Point[],
  color: Rgb,
  { tint = 0, isDetailed = false }: ZoneLook,
  size: Size,
): Part {
  const stroke = strokeOf(size);
  const shade = { color: INK, opacity: 0.45 };
  const bright = { color, opacity: 1 };
  const dots = (by: number) => points.map((point) => dot(point, stroke * by));
  const layers: Layer[] = [
    ...tint > 0 ? [{ sprite: filled(points), color, opacity: tint }] : [],
    { sprite: stroked(points, stroke * 2, true), ...shade },
    ...isDetailed ? dots(2.1).map((sprite) => ({ sprite, ...shade })) : [],
    { sprite: stroked(points, stroke, true), ...bright },
    ...isDetailed ? dots(1.6).map((sprite) => ({ sprite, ...bright })) : [],
  ];
  // On top of the corner that is highest, as labels of boxes are on theirs.
  const [x, y] = points.reduce((best, point) => point[1] < best[1] ? point : best);
  return { layers, labels: [{ text, at: [x, y - stroke * 2.5], color, beside: [0, -1] }] };
}

function lineOf(
  text: string,
  from: Point,
  to: Point,
  color: Rgb,
  { isDetailed = false }: ZoneLook,
  size: Size,
): Part {
  const stroke = strokeOf(size);
  const length = Math.hypot(to[0] - from[0], to[1] - from[1]) || 1;
  const [right, down] = [-(to[1] - from[1]) / length, (to[0] - from[0]) / length]; // in is to the right
  const reach = letteringOf(size) * 2.4;
  const middle: Point = [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2];
  const beyond = (by: number): Point => [middle[0] + right * by, middle[1] + down * by];
  const shade = { color: INK, opacity: 0.45 };
  const bright = { color, opacity: 1 };
  const layers: Layer[] = [
    { sprite: stroked([from, to], stroke * 2.2), ...shade },
    { sprite: arrow(middle, beyond(reach + stroke * 0.7), stroke * 2.2), ...shade },
    ...isDetailed ? [{ sprite: dot(from, stroke * 2.6), ...shade }] : [],
    { sprite: stroked([from, to], stroke * 1.2), ...bright },
    { sprite: arrow(middle, beyond(reach), stroke * 1.4), ...bright },
    ...isDetailed ? [{ sprite: dot(from, stroke * 2), ...bright }] : [],
  ];
  const labels: Label[] = [
    { text, at: beyond(-stroke * 2), color, beside: [-right, -down] },
    { text: "in", at: beyond(reach + stroke), color, beside: [right, down] },
  ];
  return { layers, labels };
}

function strokeOf(size: Size): number {
  return Math.max(1.5, letteringOf(size) / 7);
}
