/** What nothing else is better than. */

/** What is compared of something: of each, less is better. */
export type Costs = readonly number[];

/**
 * Whether one is at least as good in everything, and better in something (Pareto dominance). Costs of
 * the same things, in the same order.
 */
export function dominates(a: Costs, b: Costs): boolean {
  return a.every((cost, i) => cost <= b[i]!) && a.some((cost, i) => cost < b[i]!);
}

/**
 * Those that no other dominates, in the order given. Of several with the same costs all stay.
 *
 * @param costsOf of each; `Infinity` is the worst that there is.
 */
export function paretoFront<T>(items: readonly T[], costsOf: (item: T) => Costs): readonly T[] {
  const costs = items.map(costsOf);
  return items.filter((_, i) => !costs.some((other) => dominates(other, costs[i]!)));
}
