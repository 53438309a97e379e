/**
 * The camera: where things on the street stand in the frame, and how large they are. A fixed camera
 * on the near side's first floor looks across the street. Everything that stands or moves does so in
 * a row at a fixed distance, so that it has one size.
 */

import type { Size } from "../core/frame.ts";

/** Height of the frame for which the numbers below are given. */
const REFERENCE_HEIGHT = 360;

/** Narrower frames than this (at the reference height) are scaled by their width instead. */
const REFERENCE_WIDTH = 420;

/** Height of the camera over the street, in metres: pixels downwards for each pixel a metre. */
const CAMERA_HEIGHT = 4.7;

/** How far the nearest feet are above the frame's lower edge, at the reference height. */
const FEET_UP = 5;

/** Lines across the street, far to near, each as pixels a metre at the reference height. */
export const ROWS = {
  facade: 31.5,
  farWalkBack: 33.6,
  farWalkFront: 35.6,
  farKerb: 37.4,
  farLane: 40,
  centreLine: 43.6,
  nearLane: 47.2,
  cycleLine: 49.8,
  cycleLane: 52.4,
  nearKerb: 56.8,
  nearWalkBack: 62.5,
  nearWalkFront: 69,
  bottom: 74,
} as const;

/** A line across the street on which things stand. */
export type Row = keyof typeof ROWS;

/** Places in a frame of a given size. */
export class Layout {
  /** The frame's, in pixels. */
  readonly width: number;
  /** The frame's, in pixels. */
  readonly height: number;
  /** Pixels of this frame for each pixel of the reference frame. */
  readonly scale: number;

  /** The places in a frame of that size. */
  constructor(size: Size) {
    this.width = size.width;
    this.height = size.height;
    this.scale = Math.min(size.height / REFERENCE_HEIGHT, size.width / REFERENCE_WIDTH);
  }

  /** Pixels a metre in a row. */
  pixelsPerMetre(row: Row): number {
    return ROWS[row] * this.scale;
  }

  /** The y of the ground in a row, in pixels. */
  groundY(row: Row): number {
    return this.y(ROWS[row]);
  }

  /** The y of the ground where a metre has `pixelsPerMetre` at the reference height. */
  y(pixelsPerMetre: number): number {
    const up = FEET_UP + (ROWS.nearWalkFront - pixelsPerMetre) * CAMERA_HEIGHT;
    return this.height - up * this.scale;
  }

  /** The x of what stands `metres` to the right of the middle of the street. */
  x(row: Row, metres: number): number {
    return this.width / 2 + metres * this.pixelsPerMetre(row);
  }

  /** Half of what is seen of a row, in metres. */
  halfWidthMetres(row: Row): number {
    return this.width / 2 / this.pixelsPerMetre(row);
  }
}
