/** `smarteye edge`: a node and one run over one source. */

import type { Clock } from "../core/clock.ts";
import { logger } from "../core/log.ts";
import type { ExitStatus, RoleDeps } from "../core/role.ts";
import { anySeed } from "../core/rng.ts";
import { givenParameters } from "../policies/given_parameters.ts";
import { loadControlPolicy } from "../policies/registry.ts";
import { type CaptureWorld, openSource } from "./capture/open_source.ts";
import type { FrameSource } from "./capture/source.ts";
import type { Watched } from "./metrics.ts";
import { EdgeNode } from "./node.ts";
import type { EdgeOptions, SourceOptions } from "./options.ts";
import { ProgressLine } from "./progress.ts";
import { openFileSinks } from "./sink/file_sinks.ts";
import type { Sink } from "./sink/sink.ts";
import { SourceRun } from "./source_run.ts";
import type { Summary } from "./statistics.ts";

const log = logger("edge");

/** Where frames come from and where results go. */
export interface EdgeWorld {
  /** Opens what is read. */
  openSource(options: SourceOptions, world: CaptureWorld): Promise<FrameSource>;
  /** Opens what takes the results. */
  openSinks(options: SourceOptions, clock: Clock): Promise<readonly Sink[]>;
}

const REAL_WORLD: EdgeWorld = {
  openSource,
  openSinks: openFileSinks,
};

/**
 * Reads the source to its end (or until told to drain), infers every frame here or in the cloud,
 * stores the results.
 *
 * @throws {SmarteyeError} when the run cannot start, or ended early; what there was is stored.
 */
export async function run(
  options: EdgeOptions,
  deps: RoleDeps,
  world: EdgeWorld = REAL_WORLD,
): Promise<ExitStatus> {
  const { clock, rng, drain } = deps;
  await using opened = new AsyncDisposableStack();
  const watched: Watched = { runs: [] };
  if (options.metrics) {
    const { serveMetrics } = await import("./metrics.ts");
    opened.use(serveMetrics(options.metrics, watched, clock));
  }
  const one = options.sources[0]!;
  const host = { clock, budgetMs: options.decisionMs, signal: drain };
  const policy = await loadControlPolicy(one.controlPolicy, host);
  opened.defer(() => policy.close());
  const parameters = givenParameters(policy, options.policyParameters);
  const source = await world.openSource(one, { clock, rng });
  opened.defer(() => source.close());
  const sinks = await world.openSinks(one, clock);
  opened.defer(async () => { // those that no run has closed
    await Promise.allSettled(sinks.map((sink) => sink.close()));
  });
  const node = await EdgeNode.open(options, clock);
  opened.defer(() => node.close());

  const run = new SourceRun({
    ...{ node, source, sinks, policy, parameters, clock, drain },
    seed: options.seed ?? anySeed(rng),
  }, { ...options, ...one });
  watched.node = node;
  watched.runs.push(run);
  log.info("{source} under {policy}, results in {directory}", {
    source: run.name,
    policy: policy.name,
    directory: one.resultsDirectory,
  });
  using _progress = new ProgressLine(run, source.frameCount, deps);
  const { summary, failure } = await run.run();
  if (options.json) deps.print(JSON.stringify(summary));
  if (failure) throw failure;
  tell(summary);
  return 0;
}

/** Says what came of the frames, and what of it is not as it was decided. */
function tell({ frames, fps, fallbacks, late_decisions, cloud_outages }: Summary): void {
  const { filtered, dropped, failed } = frames;
  log.info(
    "{captured} frames: {local} here, {cloud} in the cloud, {rest} neither; {fps} frames/s",
    { ...frames, rest: filtered + dropped + failed, fps },
  );
  if (fallbacks > 0) {
    log.warn(
      "{fallbacks} of those here were meant for the cloud; no frame was sent for {seconds} s in all",
      { fallbacks, seconds: cloud_outages.seconds },
    );
  }
  if (late_decisions > 0) {
    log.warn("for {frames} frames the policy was late", { frames: late_decisions });
  }
}
