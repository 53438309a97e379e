/** Heads whose output is a table: a row a box, or a row an object that was kept. */

import type { Box } from "../../core/detection.ts";
import type { Candidate, DecodeContext, OutputTensor } from "./decoder.ts";
import { Prototypes } from "./prototypes.ts";

/** A table of boxes. */
export interface Rows {
  /** Rows. */
  readonly n: number;
  /** Values of a row that say what and where it is. */
  readonly columns: number;
  /** Values of a row, coefficients of masks among them. */
  readonly step: number;
  /** Row by row. */
  readonly data: Float32Array;
  /** What masks are made of, with the coefficients that end each row; absent where there are none. */
  readonly prototypes?: Prototypes | undefined;
}

/** Where a row of an object has what. */
export interface RowPlaces {
  /** Values that a row has. */
  readonly columns: number;
  /** The first of `x1, y1, x2, y2` in pixels of the input. */
  readonly box: number;
  /** The score. */
  readonly score: number;
  /** The class, a whole number. */
  readonly classId: number;
  /** Which of the pictures of a run it is of, where a row says it. */
  readonly picture?: number;
}

/** The only output, if it is a table `[1, n, columns]`. */
export function rowsOf([output, ...more]: readonly OutputTensor[]): Rows | undefined {
  if (more.length > 0 || output?.dims.length !== 3 || output.dims[0] !== 1) return undefined;
  const columns = output.dims[2]!;
  return { n: output.dims[1]!, columns, step: columns, data: output.data };
}

/** Outputs of segmentation, or of detection alone. */
export interface Segmented {
  /** Those that list objects. */
  readonly boxes: readonly OutputTensor[];
  /** What masks are made of; absent where there are none. */
  readonly prototypes?: Prototypes;
  /** Of how many coefficients each mask is made. */
  readonly coefficients: number;
}

/**
 * The output that lists objects, and what their masks are made of. Segmentation
 * (ultralytics/ultralytics, `nn/modules/head.py`, `Segment`) has a second output, prototypes of masks
 * `[1, coefficients, height, width]`, and as many more values a box.
 */
export function boxesBesideMasks(outputs: readonly OutputTensor[]): Segmented {
  const masks = outputs.find(({ dims }) => dims.length === 4 && dims[0] === 1);
  const boxes = outputs.filter((output) => output !== masks);
  return outputs.length === 2 && masks && boxes[0]?.dims.length === 3
    ? { boxes, prototypes: new Prototypes(masks), coefficients: masks.dims[1]! }
    : { boxes: outputs, coefficients: 0 };
}

/** The table, and the coefficients apart, if a table is what there is. */
export function rowsBesideMasks(outputs: readonly OutputTensor[]): Rows | undefined {
  const { boxes, prototypes, coefficients } = boxesBesideMasks(outputs);
  const rows = rowsOf(boxes);
  return rows && { ...rows, columns: rows.columns - coefficients, prototypes };
}

/** The mask of the object whose row begins at `at`; nothing where there are none. */
export function maskOfRow(
  { data, columns, step, prototypes }: Rows,
  at: number,
  box: Box,
  { input }: DecodeContext,
): Pick<Candidate, "mask"> {
  if (!prototypes) return {};
  return { mask: () => prototypes.mask(data.subarray(at + columns, at + step), box, input) };
}

/** The rows of objects, `[n, columns]` or `[1, n, columns]`, if an output has as many columns. */
export function objectRows(output: OutputTensor | undefined, columns: number): Rows | undefined {
  if (!output) return undefined;
  const { dims, data } = output;
  const fits = (dims.length === 2 || (dims.length === 3 && dims[0] === 1)) &&
    dims.at(-1) === columns;
  return fits ? { n: dims.at(-2)!, columns, step: columns, data } : undefined;
}

/** Whether rows can be objects: their classes are whole, their scores shares, all of one picture. */
export function areObjects({ n, step, data }: Rows, places: RowPlaces): boolean {
  for (let row = 0; row < n; row++) {
    const value = (place: number) => data[row * step + place]!;
    const [score, classId] = [value(places.score), value(places.classId)];
    if (!(score >= -1 && score <= 1.001) || !(classId >= -1) || classId !== Math.round(classId)) {
      return false;
    }
    if (places.picture !== undefined && value(places.picture) > 0) return false;
  }
  return true;
}

/** Reads the objects of rows; classes that there are not are none. */
export function candidatesOfRows(
  rows: Rows,
  places: RowPlaces,
  context: DecodeContext,
): Candidate[] {
  const { n, step, data } = rows;
  const { classes, scoreThreshold } = context;
  const candidates: Candidate[] = [];
  for (let row = 0, at = 0; row < n; row++, at += step) {
    const score = data[at + places.score]!;
    const classId = data[at + places.classId]!;
    if (!(score >= scoreThreshold) || !(classId >= 0 && classId < classes)) continue;
    const from = at + places.box;
    const box = Array.from(data.subarray(from, from + 4)) as unknown as Box;
    const mask = maskOfRow(rows, at, box, context);
    candidates.push({ classId: Math.trunc(classId), score, box, ...mask });
  }
  return candidates;
}
