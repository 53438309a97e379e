/** Heads whose only output is a table of boxes. */

import type { OutputTensor } from "./decoder.ts";

/** A table of boxes. */
export interface Rows {
  /** Rows. */
  readonly n: number;
  /** Values of a row. */
  readonly columns: number;
  /** Row by row. */
  readonly data: Float32Array;
}

/** The only output, if it is a table `[1, n, columns]`. */
export function rowsOf([output, ...more]: readonly OutputTensor[]): Rows | undefined {
  if (more.length > 0 || output?.dims.length !== 3 || output.dims[0] !== 1) return undefined;
  return { n: output.dims[1]!, columns: output.dims[2]!, data: output.data };
}
