/** Tables in Parquet, as DuckDB, pandas and others open them. */

import { gunzipSync, gzipSync } from "node:zlib";
import { parquetReadObjects } from "hyparquet";
import { parquetWriteBuffer } from "hyparquet-writer";
import { messageOf, SmarteyeError } from "../core/errors.ts";

/** A column: its type, and what stands in it, a value a row; `null` where there is none. */
export interface Column {
  /** As Parquet names it. */
  readonly type: "INT32" | "FLOAT" | "DOUBLE" | "STRING" | "BYTE_ARRAY";
  /** A value a row. */
  readonly data: readonly (number | string | Uint8Array | null)[];
}

/** A row as it is read. */
export type Row = Readonly<Record<string, unknown>>;

/** Writes columns of equal length. The same columns give the same bytes. */
export function parquetBytes(columns: Readonly<Record<string, Column>>): Uint8Array {
  const columnData = Object.entries(columns).map(([name, { type, data }]) => (
    { name, type, data: [...data], nullable: data.includes(null) }
  ));
  return new Uint8Array(parquetWriteBuffer({
    columnData,
    codec: "GZIP",
    compressors: { GZIP: (bytes) => new Uint8Array(gzipSync(bytes, { level: 9 })) },
    createdBy: "smarteye",
  }));
}

/**
 * The rows of a file.
 *
 * @throws {SmarteyeError} `invalid_argument` when it cannot be read.
 */
export async function readParquet(path: string): Promise<readonly Row[]> {
  try {
    const bytes = await Deno.readFile(path);
    return await parquetReadObjects({
      file: bytes.buffer,
      compressors: { GZIP: (input) => new Uint8Array(gunzipSync(input)) },
      utf8: false, // of bytes; text says that it is text
    });
  } catch (cause) {
    throw new SmarteyeError(
      "invalid_argument",
      `Cannot read "${path}": ${messageOf(cause)}, a Parquet file is wanted`,
      { cause },
    );
  }
}
