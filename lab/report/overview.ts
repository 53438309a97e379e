/** The overview of a report: every policy on every video and network, then means. */

import { ORACLE, type Study } from "../study/study.ts";
import { type Html, markup } from "./html.ts";
import { latencyPlot } from "./latency.ts";
import { figure, policyLegend, type Styles } from "./legend.ts";
import { bytes, f1, interval, milliseconds, NOTHING, percent, significant } from "./numbers.ts";
import { type Mark, type PointGroup, scatterPlot } from "./plot.ts";
import { mean, type PolicySummary, type StudyCell } from "./summary.ts";
import { breakable, type TableCell, tableOf, twoLines } from "./table.ts";

/** The overview. */
export function overviewOf(
  study: Study,
  policies: readonly PolicySummary[],
  styles: Styles,
): Html {
  const { deadlineMs } = study.plan.setting;
  const names = policies.map(({ policy }) => policy);
  const curves = policies.map(({ policy, results }) => ({
    style: styles.get(policy)!,
    results: results.filter((result) => result !== undefined),
  }));
  const latency = latencyPlot(
    "latency",
    "Share of frames that had a result within a time, for each policy, all cells together",
    curves,
    deadlineMs,
  );
  return markup`<section id="overview">
<h2>Overview</h2>
${summaryTable(policies)}
<h3>Each video on each network</h3>
${heatTable(study.cells, policies)}${policyLegend(names, styles)}<div class="plots two">
${figure(tradeOff(policies, styles), "Accuracy against bytes sent", TRADE_OFF)}${
    latency === undefined ? undefined : figure(latency, "Latency", LATENCY)
  }</div>
</section>
`;
}

const TRADE_OFF =
  ". Small: a video on a network. Large: a policy's mean over all of them, with its 95 % interval.";

const LATENCY =
  ". Frames to infer with a result within a time, all videos and networks. Filtered " +
  "frames do not count; a curve that ends below 1 has frames without any result.";

function summaryTable(policies: readonly PolicySummary[]): Html {
  const heads = [
    ...["F1, mean", "F1, worst", "of bound, mean", "of bound, worst"],
    ...["missed", "missed, worst", "p95, worst, ms", "sent a frame", "sent", "server, s"],
  ];
  const rows = policies.map(({ policy, accuracy, leastAccuracy, shareOfBound, cost }) => {
    const values = [
      twoLines(f1(accuracy.mean), cost ? interval(accuracy) : ""),
      f1(leastAccuracy),
      shareOfBound ? percent(shareOfBound.mean) : "",
      shareOfBound ? percent(shareOfBound.min) : "",
      ...cost
        ? [
          percent(cost.missed.mean),
          percent(cost.missed.max),
          milliseconds(cost.worstP95Ms),
          bytes(cost.bytesPerFrame),
          bytes(cost.bytesUp),
          significant(cost.serverSeconds),
        ]
        : Array<string>(6).fill(""),
    ];
    return { names: [policy], values, isBound: policy === ORACLE };
  });
  return tableOf("summary", {
    caption:
      "All videos and networks together, the mean's 95 % interval below it; “worst” is the " +
      "worst of them.",
    ...{ names: ["policy"], heads, rows },
  });
}

/** Shares below this have no colour. */
const PALE = 0.5;

function heatTable(cells: readonly StudyCell[], policies: readonly PolicySummary[]): Html {
  const contestants = policies.filter(({ policy }) => policy !== ORACLE);
  const oracle = policies.find(({ policy }) => policy === ORACLE);
  const rows = cells.map(({ video, network, at }, i) => {
    const bound = oracle?.results[i]?.accuracy;
    const best = Math.max(0, ...contestants.flatMap(({ results }) => results[i]?.accuracy ?? []));
    const values = contestants.map(({ results }) => {
      const accuracy = results[i]?.accuracy;
      return accuracy === undefined ? NOTHING : heatCell(accuracy, bound ?? best, accuracy >= best);
    });
    return {
      names: [markup`<a href="#cell-${at}">${video}</a>`, network],
      values: [...values, ...oracle ? [bound === undefined ? NOTHING : f1(bound)] : []],
    };
  });
  return tableOf("each", {
    caption: `F1, and its share of ${oracle ? "the bound" : "the best of the row"}: the fuller ` +
      "the colour, the nearer to it. The best of each row is bold.",
    names: ["video", "network"],
    heads: [...contestants.map(({ policy }) => breakable(policy)), ...oracle ? ["bound"] : []],
    rows,
  });
}

function heatCell(accuracy: number, most: number, isBest: boolean): TableCell {
  const share = most > 0 ? Math.min(1, accuracy / most) : 1;
  const heat = Math.max(0, (share - PALE) / (1 - PALE)).toFixed(3);
  const names = isBest ? "heat best" : "heat";
  return {
    content: markup`${f1(accuracy)} <span class="quiet">${(100 * share).toFixed(0)} %</span>`,
    attributes: markup` class="${names}" style="--v:${heat}"`,
  };
}

function tradeOff(policies: readonly PolicySummary[], styles: Styles): string {
  const groups = policies.flatMap(({ policy, results, accuracy, cost }): PointGroup[] => {
    if (!cost) return [];
    const style = styles.get(policy)!;
    const found = results.filter((result) => result !== undefined);
    const rates = found.flatMap(({ score }) => score ? kilobytes(score) : []);
    return [
      { style, points: found.map((result, i) => ({ at: [rates[i]!, result.accuracy] })) },
      {
        ...{ style, size: "large" },
        points: [{
          at: [mean(rates), accuracy.mean],
          interval: [accuracy.low, accuracy.high],
        }],
      },
    ];
  });
  const marks = policies.filter(({ cost }) => !cost).map(({ policy, accuracy }): Mark => ({
    ...{ axis: "y", at: accuracy.mean },
    label: `${policy}, mean ${accuracy.mean.toFixed(2)}`,
  }));
  return scatterPlot({
    id: "trade-off",
    title: "F1 of each policy against the bytes that it sent, for each video and network",
    x: { label: "sent for each captured frame, kB", min: 0 },
    y: { label: "F1", min: 0, max: 1, step: 0.25 },
    // Means lie on all small points.
    groups: groups.toSorted((a, b) => Number(a.size === "large") - Number(b.size === "large")),
    marks,
  });
}

function kilobytes(
  { bytesUp, frames }: { readonly bytesUp: number; readonly frames: { readonly captured: number } },
): number {
  return bytesUp / Math.max(1, frames.captured) / 1000;
}
