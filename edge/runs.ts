/** The runs of an edge, one a source: what each needs is opened here, and what comes of all is told. */

import type { Clock } from "../core/clock.ts";
import { asSmarteyeError, type SmarteyeError } from "../core/errors.ts";
import { logger } from "../core/log.ts";
import { redact } from "../core/redact.ts";
import { anySeed, seedOf } from "../core/rng.ts";
import type { RoleDeps } from "../core/role.ts";
import { givenParameters } from "../policies/given_parameters.ts";
import type { LoadedPolicy } from "../policies/loaded_policy.ts";
import type { ControlSnapshot } from "../policies/offload/policy.ts";
import type { ParameterValues } from "../policies/parameters.ts";
import { loadControlPolicy } from "../policies/registry.ts";
import type { PacketTape } from "./capture/media/packet_tape.ts";
import type { CaptureWorld, FrameSource } from "./capture/source.ts";
import { NO_CLIPS } from "./clips/clips.ts";
import type { RecordedRun } from "./decision_record.ts";
import type { FrameFilter } from "./filter/frame_filter.ts";
import { openFilter } from "./filter/open_filter.ts";
import { type FrameCounts, FrameLedger, framesOf } from "./ledger.ts";
import type { WatchedRun } from "./metrics.ts";
import type { EdgeOptions, SourceOptions } from "./options.ts";
import type { Shown } from "./progress.ts";
import type { Places } from "./results_place.ts";
import type { EdgeRetention } from "./retention/edge_retention.ts";
import type { AddedSinks } from "./sink/added/added_sinks.ts";
import type { Keeping } from "./sink/keeping.ts";
import type { Sink } from "./sink/sink.ts";
import type { RunEnd } from "./run_parts.ts";
import { NOTHING_SEEN } from "./scene/scene.ts";
import { NOTHING_HAPPENED } from "./source_account.ts";
import { RunStatistics, type Summary } from "./statistics.ts";

const log = logger("edge");

/** Where frames come from and where results go. */
export interface EdgeWorld {
  /** Takes the directories that results go to. */
  takePlaces(options: EdgeOptions): Promise<Places>;
  /** Opens what is read. */
  openSource(options: SourceOptions, world: CaptureWorld): Promise<FrameSource>;
  /** Opens what takes the results of a run. */
  openSinks(
    options: SourceOptions,
    clock: Clock,
    run: RecordedRun,
    keeping: Keeping,
  ): Promise<readonly Sink[]>;
}

/** What is known of a run before anything is opened for it. */
export interface RunPlan {
  /** Its directory is the one that was taken. */
  readonly options: SourceOptions;
  /** Takes away what is in its way there. @throws {SmarteyeError} when that is not possible. */
  readonly clearPlace: () => Promise<void>;
  /** Asked about its frames, and no others. */
  readonly policy: LoadedPolicy<ControlSnapshot>;
  /** The policy's own. */
  readonly parameters: ParameterValues;
  /** Of all that is left to chance in the run. */
  readonly seed: number;
}

/** A source that is open, with what takes its results. */
export interface OpenRun extends RunPlan {
  /** Closed by `close`, or with all others. */
  readonly source: FrameSource;
  /** Closed by the run. */
  readonly sinks: readonly Sink[];
  /** What its video is kept on for clips; absent: no rule wants any. */
  readonly tape: PacketTape | undefined;
  /** Looks at the run's frames; absent: nothing is kept back. */
  readonly filter: FrameFilter | undefined;
  /** Gives the source back; a second time nothing happens. */
  readonly close: () => Promise<void>;
}

/** What came of a source. */
export interface Outcome extends RunEnd {
  /** The source's name. */
  readonly name: string;
}

/** What `--json` prints of several sources. */
export interface SummaryOfAll {
  /** Each one's, by the source's name. */
  readonly sources: Readonly<Record<string, Summary>>;
  /** Of all of them. */
  readonly frames: FrameCounts;
}

/**
 * Loads a policy for each source and gives each a seed, then takes their places on disk; all of it goes
 * to `opened`.
 *
 * @throws {SmarteyeError} when a policy cannot be loaded, or a place not be taken.
 */
export async function planRuns(
  options: EdgeOptions,
  { clock, rng, drain }: RoleDeps,
  world: EdgeWorld,
  opened: AsyncDisposableStack,
): Promise<readonly RunPlan[]> {
  const { sources, policyParameters, decisionMs } = options;
  const host = { clock, budgetMs: decisionMs, signal: drain };
  const loaded: Pick<RunPlan, "policy" | "parameters">[] = [];
  for (const { controlPolicy } of sources) {
    const policy = await loadControlPolicy(controlPolicy, host);
    opened.defer(() => policy.close());
    loaded.push({ policy, parameters: givenParameters(policy, policyParameters) });
  }
  const { places } = opened.use(await world.takePlaces(options));
  const seed = options.seed ?? anySeed(rng);
  return sources.map((source, i) => ({
    options: { ...source, resultsDirectory: places.get(source.name)!.directory },
    clearPlace: () => places.get(source.name)!.clear(),
    ...loaded[i]!,
    seed: sources.length === 1 ? seed : seedOf(seed, i) >>> 0, // as --seed takes it
  }));
}

/** What a run that is opened has to do with the others. */
export interface OpenTogether {
  /** Whether there are others. */
  readonly isOneOfSeveral: boolean;
  /** Where results go beside the runs' own files. */
  readonly added: AddedSinks;
  /** What a directory's files go by that may not fill the disk. */
  readonly retention: Pick<EdgeRetention, "keepingOf">;
  /** Awaited before anything is written: it throws when no run can begin. */
  readonly ready: () => Promise<unknown>;
}

/**
 * Opens a source, and what takes its results; both go to `opened`. One of several for which that cannot
 * be done is no matter of the others: its summary says why.
 *
 * @throws {SmarteyeError} when it is the only one, and it or what takes its results cannot be opened.
 */
export async function openRun(
  plan: RunPlan,
  { clock, rng, drain }: RoleDeps,
  world: EdgeWorld,
  opened: AsyncDisposableStack,
  { isOneOfSeveral, added, retention, ready }: OpenTogether,
): Promise<OpenRun | Outcome> {
  let why: unknown;
  const note = (error: unknown) => {
    if (!isOneOfSeveral) throw error;
    why ??= error;
  };
  const tape = await tapeFor(plan.options);
  opened.defer(() => tape?.close());
  const source = await world.openSource(plan.options, { clock, rng, drain, tape })
    .catch((error) => drain.aborted ? undefined : note(error)) ?? undefined;
  let closing: Promise<void> | undefined;
  const close = async () => await (closing ??= source?.close());
  opened.defer(close);
  if (source) await ready(); // what cannot begin leaves the results of an earlier run as they are
  const openSinks = async () => {
    await plan.clearPlace();
    const keeping = await retention.keepingOf(plan.options.resultsDirectory);
    return await world.openSinks(plan.options, clock, recordedRun(plan), keeping);
  };
  const sinks: Sink[] = [...await openSinks().catch(note) ?? []];
  opened.defer(async () => { // those that no run has closed
    await Promise.allSettled(sinks.map((sink) => sink.close()));
  });
  if (source && why === undefined) {
    const { options, policy, seed } = plan;
    const { live, description: input } = source;
    const run = { options, live, input, policy: policy.name, seed };
    sinks.push(...await added.of(run).catch(note) ?? []);
  }
  return source && why === undefined
    ? { ...plan, source, sinks, close, tape, filter: filterFor(plan.options, source) }
    : await unopened(plan, sinks, why, isOneOfSeveral);
}

/** Bytes of encoded video that are kept for clips, where nothing is said. */
const CLIP_BYTES_MAX = 64_000_000;

/** What a source's video is kept on, where a rule wants clips of it. */
async function tapeFor(
  { name, rules = [], clipBytesMax: bytesMax = CLIP_BYTES_MAX }: SourceOptions,
): Promise<PacketTape | undefined> {
  if (!rules.some(({ clip }) => clip)) return undefined;
  const { PacketTape } = await import("./capture/media/packet_tape.ts"); // FFmpeg with it
  const onCramped = () =>
    log.warn(
      "{name}: there is no room for clips: from one keyframe to the next it sends more " +
        "than clip_memory_mb",
      { name },
    );
  return new PacketTape({ bytesMax, onCramped });
}

function filterFor(
  { name, filter }: SourceOptions,
  { areStills = false }: FrameSource,
): FrameFilter | undefined {
  const warn = (message: string) => log.warn("{name}: {message}", { name, message });
  return filter && openFilter(filter, { isOneScene: areStills, warn });
}

/** What a recording of a run's decisions begins with. */
function recordedRun({ options, policy, parameters, seed }: RunPlan): RecordedRun {
  const { name, controlPolicy } = options;
  return {
    ...{ source: name, policy: policy.name, control_policy: redact(controlPolicy) },
    ...{ parameters, seed },
  };
}

/** A source that could not be opened, as metrics and the progress line see it. */
export function neverRead(name: string): WatchedRun & Shown["run"] {
  const none = { local: 0, cloud: 0 };
  return {
    ...{ name, ledger: new FrameLedger(), statistics: new RunStatistics() },
    ...{ pending: none, waiting: none },
    account: { state: "ended", totals: () => NOTHING_HAPPENED },
    sinks: [],
    picturesLeftOut: 0,
    clips: NO_CLIPS,
    scene: { tracks: 0, totals: () => NOTHING_SEEN, occupancy: () => ({}) },
  };
}

/**
 * What comes of a source that was not read: said at once, and where its results would be. Without a
 * reason it was not wanted any more before it was open, which is no failure.
 */
async function unopened(
  { options, policy, seed }: RunPlan,
  sinks: readonly Sink[],
  why: unknown,
  isOneOfSeveral: boolean,
): Promise<Outcome> {
  const { name, source } = options;
  let failure = why === undefined ? undefined : asSmarteyeError(why, "open the source");
  const summary = new RunStatistics().summary({
    ...{ source: name, input: source, policy: policy.name, seed, ledger: new FrameLedger() },
    ...{ outages: { count: 0, totalMs: 0 }, totals: NOTHING_HAPPENED, wallMs: 0 },
    ...{ scene: NOTHING_SEEN, sinks: [], clips: NO_CLIPS },
    ...(failure ? { error: failure.message } : {}),
  });
  if (failure) tellFailure(name, failure);
  for (const sink of sinks) {
    await sink.close(summary).catch((error) => {
      const refused = asSmarteyeError(error, "store the results");
      if (isOneOfSeveral) tellFailure(name, refused);
      failure ??= refused;
    });
  }
  return { name, summary, failure };
}

/** Says at once why one of several sources is over. */
export function tellFailure(name: string, { message }: SmarteyeError): void {
  log.error("{name}: {message}", { name, message });
}

/** Says where the results of a run go. */
export function tellStart(
  { options: { name, resultsDirectory }, source: { description }, policy }: OpenRun,
  isOneOfSeveral: boolean,
): void {
  log.info("{name}{source} under {policy}, results in {directory}", {
    name: isOneOfSeveral ? `${name}: ` : "",
    source: redact(description),
    policy: policy.name,
    directory: resultsDirectory,
  });
}

/** Says what came of the frames, and what of it is not as it was decided. */
export function tellEnd(
  { source, frames, fps, fallbacks, late_decisions, cloud_outages }: Summary,
  isOneOfSeveral: boolean,
): void {
  const { filtered, dropped, failed } = frames;
  const name = isOneOfSeveral ? `${source}: ` : "";
  log.info(
    "{name}{captured} frames: {local} here, {cloud} in the cloud, {rest} neither; {fps} frames/s",
    { ...frames, name, rest: filtered + dropped + failed, fps },
  );
  if (fallbacks > 0) {
    const { count, seconds } = cloud_outages;
    log.warn("{name}{fallbacks} of those here were meant for the cloud{outages}", {
      ...{ name, fallbacks },
      outages: count > 0 ? `; no frame was sent for ${seconds} s in all` : "",
    });
  }
  if (late_decisions > 0) {
    log.warn("{name}for {frames} frames the policy was late", { name, frames: late_decisions });
  }
}

/** The summaries of several sources, and their frames together. */
export function summaryOfAll(outcomes: readonly Outcome[]): SummaryOfAll {
  const frames = framesOf(outcomes.map(({ summary }) => summary.frames));
  const sources = Object.fromEntries(outcomes.map(({ name, summary }) => [name, summary]));
  return { sources, frames };
}
