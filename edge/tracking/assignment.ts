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
 */
export function assign(costs: readonly (readonly number[])[], limit: number): Pair[] {
  if (costs.length === 0 || costs[0]!.length === 0) return [];
  // With all that is too dear at one price, who is left without a partner costs the same wherever
  // they are put: what is cheapest in all is cheapest among the pairs that count.
  const capped = costs.map((row) => row.map((cost) => Math.min(cost, limit)));
  return munkres(capped).filter(([row, column]) => costs[row]![column]! < limit);
}
