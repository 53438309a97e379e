/** "Did you mean …?" */

import { distance } from "fastest-levenshtein";

/** The candidate that `name` was probably meant to be, if one is close enough. */
export function closest(name: string, candidates: readonly string[]): string | undefined {
  let least = Math.min(4, Math.max(1, Math.floor(name.length / 3)));
  let best: string | undefined;
  for (const candidate of candidates) {
    const edits = distance(name.toLowerCase(), candidate.toLowerCase());
    if (edits > least || (edits === least && best !== undefined)) continue;
    [best, least] = [candidate, edits];
  }
  return best;
}
