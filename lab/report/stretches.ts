/** Values over time that are not always there, as pieces of a line. */

/** Bars in a row that have a value, each from its beginning to its end. */
export function stretches(
  values: readonly (number | undefined)[],
  step: number,
): readonly (readonly [x: number, y: number][])[] {
  const all: [number, number][][] = [];
  for (const [i, value] of values.entries()) {
    if (value === undefined) continue;
    if (values[i - 1] === undefined) all.push([]);
    const stretch = all.at(-1)!;
    stretch.push([i * step, value]);
    if (values[i + 1] === undefined) stretch.push([(i + 1) * step, value]);
  }
  return all;
}
