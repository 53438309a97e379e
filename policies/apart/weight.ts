/** How much there is of what a policy returned: so that nobody takes over more than can be meant. */

/** Bytes that anything counts with: a number, a key, an object. */
const LEAST = 16;

/**
 * About how many bytes it takes to hold a value and all that lies in it, each thing once; it is not
 * counted further when it is more than `most`.
 */
export function weightOf(value: unknown, most: number): number {
  const seen = new Set<object>();
  const rest: unknown[] = [value];
  let bytes = 0;
  while (rest.length > 0 && bytes <= most) {
    const next = rest.pop();
    bytes += LEAST;
    if (typeof next === "string") bytes += 2 * next.length;
    if (typeof next === "bigint") bytes += next.toString(16).length;
    if (typeof next !== "object" || next === null || seen.has(next)) continue;
    seen.add(next);
    if (next instanceof ArrayBuffer || ArrayBuffer.isView(next)) bytes += next.byteLength;
    else if (next instanceof Map || next instanceof Set) {
      bytes += LEAST * next.size;
      if (bytes <= most) rest.push(...(next instanceof Map ? [...next].flat() : next));
    } else {
      if (Array.isArray(next)) bytes += LEAST * next.length;
      if (bytes > most) break;
      for (const [key, part] of Object.entries(next)) {
        bytes += 2 * key.length;
        rest.push(part);
      }
    }
  }
  return bytes;
}
