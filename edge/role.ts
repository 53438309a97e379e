/** `smarteye edge`: a node, and a run over each source. */

import { asSmarteyeError } from "../core/errors.ts";
import type { ExitStatus, RoleDeps } from "../core/role.ts";
import { openSource } from "./capture/open_source.ts";
import { EdgeNode } from "./node.ts";
import type { EdgeOptions } from "./options.ts";
import { ProgressLine } from "./progress.ts";
import { takePlaces } from "./results_place.ts";
import {
  type EdgeWorld,
  type OpenRun,
  openRuns,
  type Outcome,
  planRuns,
  summaryOfAll,
  tellEnd,
  tellFailure,
  tellStart,
} from "./runs.ts";
import { openFileSinks } from "./sink/file_sinks.ts";
import { SourceRun } from "./source_run.ts";

const REAL_WORLD: EdgeWorld = { takePlaces, openSource, openSinks: openFileSinks };

/**
 * Reads each source to its end (or until told to drain), infers every frame here or in the cloud,
 * stores the results. One of several sources that fails ends no other: the status tells it.
 *
 * @throws {SmarteyeError} when nothing can start, or the one source ended early; what there was is
 * stored.
 */
export async function run(
  options: EdgeOptions,
  deps: RoleDeps,
  world: EdgeWorld = REAL_WORLD,
): Promise<ExitStatus> {
  await using opened = new AsyncDisposableStack();
  const plans = await planRuns(options, deps, world, opened);
  const runs = await openRuns(plans, deps, world, opened);
  const outcomes = await runAll(runs, options, deps, opened);
  const [one, ...others] = outcomes;
  if (one && others.length === 0) {
    if (options.json) deps.print(JSON.stringify(one.summary));
    if (one.failure) throw one.failure;
    tellEnd(one.summary, false);
    return 0;
  }
  if (options.json) deps.print(JSON.stringify(summaryOfAll(outcomes)));
  return outcomes.some(({ failure }) => failure) ? 1 : 0;
}

/** Runs what is open, all at once, at one node; in the order of the sources, what came of each. */
async function runAll(
  all: readonly (OpenRun | Outcome)[],
  options: EdgeOptions,
  deps: RoleDeps,
  opened: AsyncDisposableStack,
): Promise<readonly Outcome[]> {
  if (all.every((one) => "summary" in one)) return all;
  const { clock, drain } = deps;
  const node = await EdgeNode.open(options, clock);
  opened.defer(() => node.close());
  const isSeveral = all.length > 1;
  const started = all.map((one) => {
    if ("summary" in one) return one;
    const run = new SourceRun({ node, clock, drain, ...one }, { ...options, ...one.options });
    tellStart(one, isSeveral);
    return { run, ...one };
  });
  using _progress = new ProgressLine(started.filter((one) => "run" in one), deps);
  // All of them end before anything that they share is closed.
  const ended = await Promise.allSettled(started.map(async (one) => {
    if ("summary" in one) return one;
    const end = await one.run.run();
    await one.close().catch(() => {}); // thrown when all is closed
    if (isSeveral && end.failure) tellFailure(one.options.name, end.failure);
    else if (isSeveral) tellEnd(end.summary, true);
    return { name: one.options.name, ...end };
  }));
  return ended.map((one) => {
    if (one.status === "fulfilled") return one.value;
    throw asSmarteyeError(one.reason, "run");
  });
}
