/** `smarteye edge`: a node, and a run over each source. */

import { dirname } from "node:path";
import type { ExitStatus, RoleDeps } from "../core/role.ts";
import { openSource } from "./capture/open_source.ts";
import type { Watched } from "./metrics.ts";
import { framesOf } from "./ledger.ts";
import { EdgeNode } from "./node.ts";
import type { EdgeOptions } from "./options.ts";
import { ProgressLine, type Shown } from "./progress.ts";
import { takePlaces } from "./results_place.ts";
import { EdgeRetention, type RetainedEdge } from "./retention/edge_retention.ts";
import {
  type EdgeWorld,
  neverRead,
  openRun,
  type Outcome,
  planRuns,
  type RunPlan,
  summaryOfAll,
  tellEnd,
  tellFailure,
  tellStart,
} from "./runs.ts";
import { AddedSinks } from "./sink/added/added_sinks.ts";
import { openFileSinks } from "./sink/file_sinks.ts";
import { SourceRun } from "./source_run.ts";
import type { ServedUi } from "./ui_port.ts";

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
  const watched: Watched = { runs: [] };
  if (options.metrics) {
    const { serveMetrics } = await import("./metrics_port.ts");
    opened.use(await serveMetrics(options.metrics, watched, deps.clock));
  }
  let ui: ServedUi | undefined;
  if (options.ui) {
    const { serveUi } = await import("./ui_port.ts");
    ui = opened.use(await serveUi(options.ui, options, () => watched.node, deps.clock));
  }
  const plans = await planRuns(options, deps, world, opened);
  const retention = new EdgeRetention(options.retention, deps.clock);
  watched.retention = retention;
  // Not when cameras answer: one that is off must not keep a machine from starting the rest.
  deps.announce?.("ready");
  const outcomes = await runAll(plans, {
    ...{ options, deps, world, opened, watched, retention, ui },
  });
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

/** The directories as they were taken: a new one may have another name than the one that was asked for. */
function takenBy(
  plans: readonly RunPlan[],
  { newDirectory }: EdgeOptions,
): Pick<RetainedEdge, "sources" | "newDirectory"> {
  const sources = plans.map(({ options }) => options);
  const isBase = newDirectory !== undefined && sources.length > 1;
  return { sources, newDirectory: isBase ? dirname(sources[0]!.resultsDirectory) : undefined };
}

/** What all runs have to do with. */
interface RunsOf {
  readonly options: EdgeOptions;
  readonly deps: RoleDeps;
  readonly world: EdgeWorld;
  /** What is given back in the end. */
  readonly opened: AsyncDisposableStack;
  /** Where metrics come from. */
  readonly watched: Watched;
  /** Where they are shown; `undefined`: nowhere. */
  readonly ui: ServedUi | undefined;
  /** So that results do not fill the disk. */
  readonly retention: EdgeRetention;
}

/**
 * Opens each source and runs it, all at once, at one node: none waits for one that is slow to open. In
 * the order of the sources, what came of each.
 */
async function runAll(
  plans: readonly RunPlan[],
  { options, deps, world, opened, watched, retention, ui }: RunsOf,
): Promise<readonly Outcome[]> {
  const { clock, drain } = deps;
  const isSeveral = plans.length > 1;
  const { sinks = [], overwrite, sources } = options;
  const rules = sources.flatMap(({ rules = [] }) => rules);
  const added = opened.use(
    new AddedSinks({
      ...{ sinks, rules, isSeveral, overwrite, clock },
      roomOf: (directory) => retention.roomOf(directory),
    }),
  );
  opened.use(retention); // over before the databases are closed that it looks into
  retention.begin({ ...options, ...takenBy(plans, options) }, added);
  let opening: Promise<EdgeNode> | undefined;
  const openNode = async () => {
    const frames = () => framesOf(watched.runs.map(({ ledger }) => ledger.counts()));
    const node = await EdgeNode.open({ ...options, frames }, clock);
    opened.defer(() => node.close());
    watched.node = node;
    return node;
  };
  const shown: Shown[] = [];
  using progress = new DisposableStack();
  let line: ProgressLine | undefined;
  // All of them, in their order, before one is slow to open.
  const shownAt = new Map(plans.map((plan) => [plan, ui?.add(plan.options)]));
  const runOne = async (plan: RunPlan): Promise<Outcome> => {
    const { name } = plan.options;
    const live = shownAt.get(plan);
    const ready = () => opening ??= openNode();
    const together = { isOneOfSeveral: isSeveral, added, retention, ready };
    const open = await openRun(plan, deps, world, opened, together);
    if ("summary" in open) {
      const run = neverRead(name);
      watched.runs.push(run);
      shown.push({ run, source: { live: true, frameCount: 0 } });
      live?.end(open.failure);
      return open;
    }
    const node = await ready();
    const deleted = () => retention.goneOf(open.options.resultsDirectory);
    const sinks = live ? [...open.sinks, live.sink] : open.sinks;
    const parts = { node, clock, drain, deleted, ...open, sinks };
    const run = new SourceRun(parts, { ...options, ...open.options });
    live?.begin({ run, source: open.source });
    watched.runs.push(run);
    tellStart(open, isSeveral);
    shown.push({ run, source: open.source });
    line ??= progress.use(new ProgressLine(shown, deps));
    const end = await run.run();
    live?.end(end.failure);
    await open.close().catch(() => {}); // thrown when all is closed
    if (isSeveral && end.failure) tellFailure(name, end.failure);
    else if (isSeveral) tellEnd(end.summary, true);
    return { name, ...end };
  };
  // All of them end before anything that they share is closed.
  const ended = await Promise.allSettled(plans.map(runOne));
  return ended.map((one) => {
    if (one.status === "fulfilled") return one.value;
    throw one.reason;
  });
}
