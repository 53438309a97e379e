/** What checks found, as lines that people read. */

import type { Question } from "../../lab/contract/contender.ts";
import { CHECKS, type Finding } from "../../lab/contract/finding.ts";

const WIDTH = Math.max(...CHECKS.map((check) => check.length));

const WORDS: Readonly<Record<Finding["outcome"], string>> = {
  ok: "ok",
  warning: "warning",
  failed: "FAILED",
  skipped: "skipped",
};

/** A line for each. @param findings with the files that show them, if any. */
export function findingLines(
  findings: readonly (Finding & { readonly file?: string })[],
): readonly string[] {
  return findings.map(({ check, outcome, found, wanted, question, file }) => {
    const isWell = outcome === "ok" || outcome === "skipped";
    const shownBy = question && !isWell ? `; shown by ${file ?? inShort(question)}` : "";
    return `  ${check.padEnd(WIDTH)}  ${WORDS[outcome].padEnd(7)}  ${found}` +
      (wanted === undefined ? "" : `; wanted: ${wanted}`) + shownBy;
  });
}

/** A question as one sees at a glance what it is about. */
function inShort({ extreme, seed, snapshot }: Question): string {
  const { frame, local, cloud } = snapshot;
  const told = [
    `frame ${frame.index} of ${frame.width}x${frame.height}`,
    `${local.pending} pending here, ${cloud.pending} in the cloud`,
    `${known(local.latencyMs)} here, ${known(cloud.latencyMs)} in the cloud`,
    cloud.available ? "available" : "not available",
  ];
  return `${extreme ?? "a snapshot"} (seed ${seed}: ${told.join(", ")}; ` +
    "--save DIR writes all of it)";
}

function known(ms: number | undefined): string {
  return ms === undefined ? "no latency" : `${ms.toFixed(0)} ms`;
}
