/** Scores as the rest of us knows them: from 0 to 1, whatever a server's arithmetic came to. */

import type { Findings } from "../core/detection.ts";

/** Findings, and how many of their scores were out of bounds. */
export interface Bounded {
  /** Each score from 0 to 1; one that is no number is 0. */
  readonly findings: Findings;
  /** How many were not so before. */
  readonly clamped: number;
}

/** A softmax or a half-precision sigmoid gives 1.004 or −0.001: no reason to lose a frame. */
export function boundedScores(findings: Findings): Bounded {
  let clamped = 0;
  const bounded = <Finding extends { readonly score: number }>(finding: Finding): Finding => {
    const { score } = finding;
    if (score >= 0 && score <= 1) return finding;
    clamped++;
    return { ...finding, score: score > 1 ? 1 : 0 };
  };
  const all: Findings = "detections" in findings
    ? { detections: findings.detections.map(bounded) }
    : { classifications: findings.classifications.map(bounded) };
  return { findings: clamped === 0 ? findings : all, clamped };
}
