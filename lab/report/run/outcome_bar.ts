/** Where all frames went, as one bar whose parts come to the whole. */

import type { Summary } from "../../../edge/statistics.ts";
import { type Html, markup } from "../html.ts";
import { percent } from "../numbers.ts";
import { OUTCOME_COLOURS } from "../palette.ts";
import { OUTCOMES } from "./frames.ts";
import { countOf, grouped } from "./words.ts";

const HATCHED = "repeating-linear-gradient(45deg,var(--missed) 0 3px,transparent 3px 6px)";

/** What is drawn, and what it means. */
const PARTS: Readonly<Record<typeof OUTCOMES[number], readonly [paint: string, what: string]>> = {
  local: [OUTCOME_COLOURS.here, "inferred on the edge"],
  cloud: [OUTCOME_COLOURS.cloud, "inferred in the cloud"],
  filtered: [OUTCOME_COLOURS.filtered, "filtered: the last result does"],
  dropped: [HATCHED, "dropped"],
  failed: [OUTCOME_COLOURS.missed, "failed"],
};

/** The bar, and below it each part with its number and its share. */
export function outcomeBar(frames: Summary["frames"]): Html {
  const { captured } = frames;
  if (captured === 0) return markup`<p>No frame was captured.</p>\n`;
  const shares = OUTCOMES.map((outcome) => ({ outcome, count: frames[outcome] }));
  const there = shares.filter(({ count }) => count > 0);
  const told = there.map(({ outcome, count }) => `${count} ${PARTS[outcome][1]}`).join(", ");
  const parts = there.map(({ outcome, count }) => {
    const style = `flex-grow:${count};background:${PARTS[outcome][0]}`;
    return markup`<span style="${style}"></span>`;
  });
  const items = shares.map(({ outcome, count }) => {
    const [paint, what] = PARTS[outcome];
    const share = markup`<span class="quiet">${percent(count / captured)}</span>`;
    return markup`<li><i style="background:${paint}"></i><b>${
      grouped(count)
    }</b> ${what} ${share}</li>\n`;
  });
  return markup`<div class="outcomes" role="img" aria-label="Of ${
    countOf(captured, "frame", "frames")
  }: ${told}">${parts}</div>
<ul class="legend">
${items}</ul>
`;
}
