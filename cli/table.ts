/** Tables for people, all of one look. */

import Table from "cli-table3";

/** A column: its heading, and where its cells stand. */
export type Column = readonly [heading: string, align: "left" | "right"];

/** Rows under headings, without colours. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const drawn = new Table({
    head: columns.map(([heading]) => heading),
    colAligns: columns.map(([, align]) => align),
    style: { head: [], border: [] },
  });
  drawn.push(...rows.map((row) => [...row]));
  // One line under the headings says enough.
  return drawn.toString().split("\n")
    .filter((line, i) => i <= 2 || !line.startsWith("├")).join("\n");
}

/** Bytes as people read them. */
export function byteSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1e6) return `${(bytes / 1e3).toFixed(1)} kB`;
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(2)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;
}
