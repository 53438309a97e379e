/** The grids of anchor-free detectors: one point a cell, several strides. */

import type { Size } from "../../core/frame.ts";

/** A level of a feature pyramid. */
export interface Grid {
  /** Pixels of the input from one cell to the next. */
  readonly stride: number;
  /** Cells of a row. */
  readonly columns: number;
  /** Rows of cells. */
  readonly rows: number;
}

/** The grids of an input; a cell that the edge cuts counts where `round` rounds up. */
export function gridsOf(
  input: Size,
  strides: readonly number[],
  round: (cells: number) => number = Math.floor,
): Grid[] {
  return strides.map((stride) => ({
    stride,
    columns: round(input.width / stride),
    rows: round(input.height / stride),
  }));
}

/** How many cells grids have together. */
export function cellsOf(grids: readonly Grid[]): number {
  return grids.reduce((sum, { columns, rows }) => sum + columns * rows, 0);
}

/** Strides that published heads have together. */
const PYRAMIDS = [[8, 16, 32], [8, 16, 32, 64], [16, 32], [4, 8, 16, 32]] as const;

/** Whether heads have as many boxes at that size of the input, `perCell` of them a cell. */
export function isCellCount(n: number, size: Size, perCell: readonly number[] = [1]): boolean {
  return PYRAMIDS.some((strides) =>
    perCell.some((each) => n === each * cellsOf(gridsOf(size, strides)))
  );
}
