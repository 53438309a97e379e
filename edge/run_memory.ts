/** What a run remembers of its frames, for the policy to go by. */

import type { Findings } from "../core/detection.ts";
import type { Frame } from "../core/frame.ts";
import { RollingWindow } from "../core/rolling_window.ts";
import type { LastFindings, SentSize } from "../policies/offload/policy.ts";
import type { Ending } from "./record.ts";

/** Sizes that the mean of one height and quality looks back on. */
const WINDOW = 20;

/** Heights and qualities that are remembered; beyond, the one that was not sent for longest is forgotten. */
export const SENT_MAX = 16;

/** How a frame is sent. */
export type Sending = Pick<SentSize, "height" | "quality">;

/** The memory of one run: bounded, however long it is. */
export class RunMemory {
  readonly #sent = new Map<string, Sending & { readonly bytes: RollingWindow }>();
  #last: LastFindings | undefined;

  /** What was found in the latest frame that was inferred. */
  get last(): LastFindings | undefined {
    return this.#last;
  }

  /** Mean sizes of the latest frames that were sent, by height and quality. */
  sent(): readonly SentSize[] {
    return [...this.#sent.values()].map(({ height, quality, bytes }) => (
      { height, quality, bytes: bytes.mean()! }
    ));
  }

  /** A frame was encoded to be sent. */
  noteSent({ height, quality }: Sending, bytes: number): void {
    const key = `${height}/${quality}`;
    const known = this.#sent.get(key) ?? { height, quality, bytes: new RollingWindow(WINDOW) };
    this.#sent.delete(key); // the one sent last stands last
    this.#sent.set(key, known);
    known.bytes.add(bytes);
    if (this.#sent.size > SENT_MAX) this.#sent.delete(this.#sent.keys().next().value!);
  }

  /** A frame has its outcome. Findings of an earlier frame that come late are not the latest. */
  noteEnding({ index }: Frame, ending: Ending): void {
    if (!("findings" in ending) || index <= (this.#last?.index ?? 0)) return;
    this.#last = { index, ...digest(ending.findings) };
  }
}

function digest(findings: Findings): Omit<LastFindings, "index"> {
  const found = "detections" in findings ? findings.detections : findings.classifications;
  const byScore = [...found].sort((a, b) => b.score - a.score);
  return {
    count: found.length,
    bestScore: byScore[0]?.score ?? 0,
    labels: [...new Set(byScore.map(({ label }) => label))],
  };
}
