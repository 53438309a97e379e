/** What a replay has come to, for people. */

import { basename } from "node:path";
import project from "../../deno.json" with { type: "json" };
import type { Difference, Replayed } from "../../lab/replay/decide_again.ts";
import type { Judgement } from "../../lab/replay/judge.ts";
import type { Estimate } from "../../lab/simulation/score.ts";
import { table } from "../table.ts";

/** Every recording that was decided again, and below it where the first differences are. */
export function replayText(replayed: readonly Replayed[]): string {
  const lines = replayed.flatMap(({ path, differences, first, smarteye }) => {
    const more = differences - first.length;
    return [
      ...first.map(differenceLine),
      ...(more > 0 ? [`${path}: ${more} more decisions come out otherwise`] : []),
      ...(differences > 0 && smarteye !== project.version
        ? [`${path}: it was recorded by smarteye ${smarteye}, and this is ${project.version}`]
        : []),
    ];
  });
  return [replayTable(replayed), ...lines].join("\n");
}

function replayTable(replayed: readonly Replayed[]): string {
  return table(
    [
      ["recording", "left"],
      ["policy", "left"],
      ["decisions", "right"],
      ["late", "right"],
      ["decided otherwise", "right"],
    ],
    replayed.map(({ path, policy, decisions, late, differences }) => [
      basename(path),
      policy,
      String(decisions),
      String(late),
      String(differences),
    ]),
  );
}

function differenceLine({ path, line, frame, what }: Difference): string {
  return `${path}:${line}: frame ${frame} is decided otherwise: ${what}`;
}

/** Every policy that was judged, below the recorded one, and why it is not to be trusted. */
export function judgementText(judgement: Judgement): string {
  const { late, policies } = judgement;
  const lines = policies.flatMap(({ policy, warnings }) =>
    warnings.map((warning) => `(!) ${policy}: ${warning}`)
  );
  const left = late > 0 ? [`${late} decisions were late, and are left out`] : [];
  return [judgementTable(judgement), ...left, ...lines].join("\n");
}

function judgementTable({ reward, frames, recorded, policies }: Judgement): string {
  const digits = reward === "latency" ? 1 : 3;
  const cells = (estimate: Estimate | null) =>
    estimate
      ? [
        estimate.mean.toFixed(digits),
        `${estimate.low.toFixed(digits)}–${estimate.high.toFixed(digits)}`,
      ]
      : ["–", ""];
  const unit = reward === "latency" ? "ms" : reward;
  return table([
    ["policy", "left"],
    [`${unit} (doubly robust)`, "right"],
    ["95 %", "right"],
    ["(self-normalised)", "right"],
    ["95 %", "right"],
    ["(inverse propensity)", "right"],
    ["95 %", "right"],
    ["matched", "right"],
    ["counts as", "right"],
  ], [
    ["as recorded", ...cells(recorded), "", "", "", "", "", `${frames} frames`],
    ...policies.map((judged) => [
      judged.policy + (judged.warnings.length > 0 ? " (!)" : ""),
      ...cells(judged.doublyRobust),
      ...cells(judged.selfNormalised),
      ...cells(judged.inversePropensity),
      `${(100 * judged.matched / frames).toFixed(1)} %`,
      `${judged.effectiveFrames.toFixed(0)} frames`,
    ]),
  ]);
}
