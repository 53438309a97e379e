/** What a thing in the scene looks like, independent of where it stands. */

import type { Drawing } from "./sketch.ts";

/** The kinds of things that have truth boxes, with COCO's 80 class indices. */
export const CLASS_IDS = {
  person: 0,
  bicycle: 1,
  car: 2,
  motorcycle: 3,
  bus: 5,
  truck: 7,
} as const;

/** A kind of thing that has truth boxes. */
export type Label = keyof typeof CLASS_IDS;

/** One layer of a thing; a rider and the bicycle are two layers with a label each. */
export interface Layer {
  /** The layer's kind; `undefined` for what hides things but is not counted (a lamp post). */
  readonly label: Label | undefined;
  /** Draws the layer facing right. `phase` runs from 0 to just below 1, once a cycle. */
  draw(phase: number): Drawing;
}

/** A thing with everything needed to draw it at any size. */
export interface Look {
  /** Unique in a scene: the sprite cache's key. */
  readonly key: string;
  /** Back to front. */
  readonly layers: readonly Layer[];
  /** The soft shadow on the ground, drawn under all layers. */
  shadow(): Drawing;
  /** Distinct poses of a cycle. */
  readonly phases: number;
  /** Metres covered in one cycle: two steps, or one turn of the wheel from spoke to spoke. */
  readonly cycleMetres: number;
  /** Centimetres along the ground. */
  readonly lengthCm: number;
}
