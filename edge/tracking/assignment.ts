/** The cheapest way to give each of some rows one of some columns. */

import { munkres } from "munkres";

/** A row and the column that it gets. */
export type Pair = readonly [row: number, column: number];

/**
 * The pairs that are worth most together, where a pair is worth what it costs less than `limit`
 * (the Hungarian algorithm; Kuhn 1955, Munkres 1957). Pairs that cost the limit or more are not
 * made, and `Infinity` forbids one. Rows and columns may differ in number.
 *
 * @param costs of each row, as many as there are columns; none is NaN
 * @returns pairs of rows that have to do with each other together, otherwise in no order
 */
export function assign(costs: readonly (readonly number[])[], limit: number): Pair[] {
  return groups(costs, limit).flatMap(({ rows, columns }) => {
    // With all that is too dear at one price, who is left without a partner costs the same wherever
    // they are put: what is cheapest in all is cheapest among the pairs that count.
    const capped = rows.map((row) =>
      columns.map((column) => Math.min(costs[row]![column]!, limit))
    );
    return munkres(capped)
      .map(([row, column]): Pair => [rows[row]!, columns[column]!])
      .filter(([row, column]) => costs[row]![column]! < limit);
  });
}

interface Group {
  readonly rows: number[];
  readonly columns: number[];
}

/** Rows and columns that nothing below the limit connects may be solved apart, and most are alone. */
function groups(costs: readonly (readonly number[])[], limit: number): Group[] {
  const found: Group[] = [];
  const rowsLeft = new Set(costs.keys());
  const columnsLeft = new Set(costs[0]?.keys());
  for (const first of rowsLeft) {
    rowsLeft.delete(first);
    const [rows, columns]: [number[], number[]] = [[first], []];
    for (const row of rows) { // grows
      for (const column of columnsLeft) {
        if (costs[row]![column]! >= limit) continue;
        columnsLeft.delete(column);
        columns.push(column);
        for (const other of rowsLeft) {
          if (costs[other]![column]! >= limit) continue;
          rowsLeft.delete(other);
          rows.push(other);
        }
      }
    }
    if (columns.length > 0) found.push({ rows, columns });
  }
  return found;
}
