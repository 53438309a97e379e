/** What the data sets of one run are called beside each other. */

/**
 * A short name for each of several absolute paths, without what all of them begin and end with:
 * `…/highway/test` and `…/manaus/test` are `highway` and `manaus`. Of one path, its last part.
 */
export function setNames(paths: readonly string[]): string[] {
  const all = paths.map((path) => path.split(/[/\\]+/).filter((part) => part !== ""));
  const shortest = Math.min(...all.map(({ length }) => length));
  const same = (
    partOf: (parts: readonly string[], i: number) => string | undefined,
    max: number,
  ) => {
    let count = 0;
    while (count < max && new Set(all.map((parts) => partOf(parts, count))).size === 1) count++;
    return count;
  };
  const before = same((parts, i) => parts[i], shortest - 1);
  const after = same((parts, i) => parts.at(-1 - i), shortest - 1 - before);
  return all.map((parts, i) => parts.slice(before, parts.length - after).join("/") || paths[i]!);
}
