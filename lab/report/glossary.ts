/** What the words of a page mean. */

import { type Html, markup } from "./html.ts";

/** A word, and what it means. */
export type Word = readonly [word: string, meaning: string];

/** How frames may end, as all pages of the lab say it. */
export const ENDINGS: readonly Word[] = [
  ["p50, p95, p99", "percentiles of the time from capture to result, of frames with a result"],
  ["here, cloud", "frames inferred on the edge or in the cloud, in time or not"],
  ["filtered", "frames that the policy found not worth inferring"],
  ["dropped", "frames that a full queue or a newer frame put aside"],
  ["fallbacks", "frames that the cloud failed on and the edge inferred; they count as here"],
];

/** A page's last part. */
export function glossaryOf(words: readonly Word[]): Html {
  return markup`<section id="words">
<h2>What the words mean</h2>
<dl>
${words.map(([word, meaning]) => markup`<dt>${word}</dt><dd>${meaning}</dd>\n`)}</dl>
</section>
`;
}
