/** Which labels count in a comparison: what one of the models cannot find is held against nobody. */

import { SmarteyeError } from "../../core/errors.ts";
import type { FrameRecord } from "../../edge/record.ts";
import { readFileLines } from "../../lab/json_lines.ts";
import type { WatchedVideo } from "../../lab/live/watch_video.ts";
import { labelsOf } from "../../models/catalogue.ts";
import type { Checked } from "./check.ts";
import type { CompareOptions } from "./options.ts";
import type { PlayedRun } from "./play.ts";

/**
 * The labels that the truth and every model know that inferred a frame. Of a model that is not here,
 * only its cloud knows.
 *
 * @throws {SmarteyeError} `invalid_argument` when there is none.
 */
export async function labelsThatCount(
  { labels }: CompareOptions,
  { catalogue, truth }: Checked,
  { frames }: WatchedVideo,
  runs: readonly PlayedRun[],
): Promise<readonly string[]> {
  if (labels) return labels;
  const known = truth.kind === "model"
    ? labelsOf(catalogue.require(truth.model).manifest)
    : new Set(frames.flatMap(({ truth }) => truth.map(({ label }) => label)));
  const models = await modelsUsed(runs);
  const common = [...models].reduce((common, model) => {
    const entry = catalogue.find(model);
    return entry ? common.intersection(new Set(labelsOf(entry.manifest))) : common;
  }, new Set(known));
  if (common.size > 0) return [...common];
  throw new SmarteyeError(
    "invalid_argument",
    `Cannot compare ${
      [...models].join(", ")
    } by what is taken for true: there is no label that all ` +
      `of them know, another truth (--truth), other models or the labels that count (--labels) are wanted`,
  );
}

async function modelsUsed(runs: readonly PlayedRun[]): Promise<ReadonlySet<string>> {
  const models = new Set<string>();
  for (const { results, failure } of runs) {
    if (failure !== undefined) continue;
    for await (const { value } of readFileLines(results, "results")) {
      const { model } = value as Partial<FrameRecord>;
      if (model) models.add(model);
    }
  }
  return models;
}
