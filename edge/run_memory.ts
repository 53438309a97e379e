/** What a run remembers of its frames, for the policy to go by. */

import { f1 } from "../core/agreement.ts";
import type { Detection, Findings } from "../core/detection.ts";
import type { Frame } from "../core/frame.ts";
import { RollingWindow } from "../core/rolling_window.ts";
import type { LastFindings, RecentResult, SentSize } from "../policies/offload/policy.ts";
import type { Decided, Ending } from "./record.ts";
import { type Sending, sentAs } from "./sending.ts";

/** Sizes that the mean of one height and quality looks back on. */
const WINDOW = 20;

/** Heights and qualities that are remembered; beyond, the one that was not sent for longest is forgotten. */
export const SENT_MAX = 16;

/** Results that are remembered. */
const RESULTS_MAX = 8;

/** Detections of a result that are held against those of another: the surest. */
const COMPARED_MAX = 100;

/** The memory of one run: bounded, however long it is. */
export class RunMemory {
  readonly #sent = new Map<string, Sending & { readonly bytes: RollingWindow }>();
  #last: (Omit<LastFindings, "ageMs"> & { readonly ptsMs: number }) | undefined;
  readonly #results: RecentResult[] = [];
  /** Detections of those, the newest first. */
  readonly #detections: (readonly Detection[])[] = [];

  /** What was found in the latest frame that was inferred, as a frame of that time sees it. */
  lastAt(ptsMs: number): LastFindings | undefined {
    if (!this.#last) return undefined;
    const { ptsMs: thenMs, index, ...found } = this.#last;
    return { index, ageMs: Math.max(0, ptsMs - thenMs), ...found };
  }

  /** The latest frames with findings, in order. */
  get results(): readonly RecentResult[] {
    return [...this.#results];
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
  noteEnding({ index, picture: { ptsMs } }: Frame, ending: Ending, decided?: Decided): void {
    if (!("findings" in ending) || index <= (this.#last?.index ?? 0)) return;
    const { outcome: place, model, findings } = ending;
    this.#last = { index, ptsMs, ...digest(findings) };
    const agreements = this.#compare(findings);
    const sending = sendingOf(place, decided);
    this.#results.push({ index, ptsMs, place, model, ...sending, ...meanOf(findings), agreements });
    if (this.#results.length > RESULTS_MAX) this.#results.shift();
  }

  /** F1 of findings with those of the results before, the nearest first. */
  #compare(findings: Findings): number[] {
    if (!("detections" in findings)) return [];
    const detections = findings.detections.toSorted((a, b) => b.score - a.score)
      .slice(0, COMPARED_MAX);
    const agreements = this.#detections.map((before) => f1(detections, before));
    this.#detections.unshift(detections);
    if (this.#detections.length >= RESULTS_MAX) this.#detections.pop();
    return agreements;
  }
}

/** How a frame was sent that the cloud inferred. */
function sendingOf(place: RecentResult["place"], decided: Decided | undefined): Sending {
  const sent = place === "local" || !decided ? undefined : sentAs(decided.decision);
  return { height: sent?.height ?? 0, quality: sent?.quality ?? 0 };
}

/** How many were found, and the mean of their scores: 0 where nothing was. */
export function meanOf(findings: Findings): Pick<RecentResult, "count" | "meanScore"> {
  const found = "detections" in findings ? findings.detections : findings.classifications;
  const count = found.length;
  return {
    count,
    meanScore: count === 0 ? 0 : found.reduce((sum, { score }) => sum + score, 0) / count,
  };
}

function digest(findings: Findings): Omit<LastFindings, "index" | "ageMs"> {
  const found = "detections" in findings ? findings.detections : findings.classifications;
  const byScore = [...found].sort((a, b) => b.score - a.score);
  return {
    ...meanOf(findings),
    bestScore: byScore[0]?.score ?? 0,
    labels: [...new Set(byScore.map(({ label }) => label))],
  };
}
