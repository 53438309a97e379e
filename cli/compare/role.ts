/** `smarteye compare`: policies and models on a user's own video, played by real processes. */

import { basename, join } from "node:path";
import project from "../../deno.json" with { type: "json" };
import { isSmarteyeError, SmarteyeError } from "../../core/errors.ts";
import { logger } from "../../core/log.ts";
import { redact } from "../../core/redact.ts";
import { referenceOf } from "../../core/reference.ts";
import type { ExitStatus, RoleDeps } from "../../core/role.ts";
import { cannotWrite } from "../../edge/sink/write.ts";
import { CPU } from "../../inference/provider.ts";
import type { InferPicture } from "../../inference/repository.ts";
import {
  type Comparison,
  type ComparisonHead,
  type Played,
  playedOf,
} from "../../lab/live/comparison.ts";
import { readLive } from "../../lab/live/live_frames.ts";
import type { Shown } from "../../lab/live/plots.ts";
import {
  truthProfile,
  type WatchedVideo,
  type Watching,
  watchVideo,
} from "../../lab/live/watch_video.ts";
import type { Profile } from "../../lab/profile/profile.ts";
import { STEP_MS } from "../../lab/study/result_of_run.ts";
import { TimeLeft } from "../lab/time_left.ts";
import { openEngine } from "../models/engine.ts";
import { check, type Checked, openVideo } from "./check.ts";
import { labelsThatCount } from "./labels.ts";
import type { CompareOptions } from "./options.ts";
import { picturesOf } from "./pictures.ts";
import { playAll, type PlayedRun } from "./play.ts";
import { comparisonTable, HTML_FILE, writeComparison } from "./tell.ts";

const log = logger("compare");

/**
 * Plays the video for each contestant and compares them. `1` when one of them failed.
 *
 * @throws {SmarteyeError} `invalid_argument` when something is not as it should be, before anything is
 * started; `failed_precondition` when there is nothing to compare; `cancelled` when it was stopped.
 */
export async function run(options: CompareOptions, deps: RoleDeps): Promise<ExitStatus> {
  const checked = await check(options, deps);
  tellLength(options, checked);
  await Deno.mkdir(options.out, { recursive: true }).catch((cause) => {
    throw cannotWrite(options.out, cause);
  });
  const began = new Date(deps.clock.epochMs()).toISOString();
  const runs = await playAll(options, checked, deps);
  if (runs.every(({ failure }) => failure !== undefined)) {
    throw nothingLeft(runs.map(({ contestant, failure }) => ({ ...contestant, failure })));
  }
  const watched = await watch(options, checked, deps);
  const labels = await labelsThatCount(options, checked, watched, runs);
  const profile = truthProfile(watched, { name: nameOf(options), truth: checked.truth, labels });
  const head = headOf(options, checked, profile, began);
  const { comparison, shown } = await scored(head, profile, runs, options);
  if (shown.length === 0) throw nothingLeft(comparison.contestants);
  deps.progress?.("drawing the frames on which they differ");
  const watching = await openWatching(options, deps);
  try {
    const pictures = await picturesOf(watching, profile.frames, shown);
    if (deps.drain.aborted) throw new SmarteyeError("cancelled", "the comparison was stopped");
    await writeComparison(options.out, comparison, shown, pictures);
  } finally {
    await watching.source.close();
  }
  deps.print(options.json ? JSON.stringify(comparison) : comparisonTable(comparison));
  log.info("plots, and frames side by side: {page}", { page: join(options.out, HTML_FILE) });
  return shown.length < runs.length ? 1 : 0;
}

/** What the video is called; no passwords, no directories. */
function nameOf({ video }: CompareOptions): string {
  return basename(redact(video)) || video;
}

function tellLength({ seconds }: CompareOptions, { video, contestants }: Checked): void {
  if ((video.seconds ?? 0) <= seconds) return;
  log.info("of {all} s the first {seconds} are played, {n} times (--seconds)", {
    ...{ all: Math.round(video.seconds!), seconds, n: contestants.length },
  });
}

function nothingLeft(
  failed: readonly { readonly name: string; readonly failure?: string | null | undefined }[],
): SmarteyeError {
  const why = failed.map(({ name, failure }) => `${name}: ${failure}`);
  return new SmarteyeError(
    "failed_precondition",
    ["Cannot compare: nobody could be played to the end", ...why].join("\n  "),
  );
}

/** The video once more, from its start to where it was played to. */
async function openWatching(options: CompareOptions, deps: RoleDeps): Promise<Watching> {
  const source = await openVideo(options, deps);
  return { source, untilMs: 1000 * options.seconds, stop: deps.drain };
}

/** Looks at every frame for what is true. */
async function watch(
  options: CompareOptions,
  { catalogue, truth, labels, video }: Checked,
  deps: RoleDeps,
): Promise<WatchedVideo> {
  const { clock, progress } = deps;
  const { scoreThreshold, cores } = options;
  await using stack = new AsyncDisposableStack();
  const watching = await openWatching(options, deps);
  stack.defer(() => watching.source.close());
  const seconds = Math.min(options.seconds, video.seconds ?? Infinity);
  const total = video.fps && Number.isFinite(seconds) ? Math.round(video.fps * seconds) : undefined;
  const left = new TimeLeft(clock);
  const show = (done: number) =>
    progress?.(`looking for what is true: ${left.line(done, total && Math.max(total, done))}`);
  if (truth.kind === "labels") return await watchVideo(watching, labels!, show);
  const engine = stack.use(openEngine(catalogue, { threads: cores, provider: CPU }, deps));
  const model = referenceOf(catalogue.require(truth.model).manifest);
  await engine.repository.load(model);
  const ask = (picture: InferPicture) =>
    engine.repository.infer(picture, { model, scoreThreshold });
  return await watchVideo(watching, ask, show);
}

function headOf(
  options: CompareOptions,
  { network, truth }: Checked,
  { head: { width, height, fps, labels }, frames }: Profile,
  began: string,
): ComparisonHead {
  const { deadlineMs, intervalMs, seed, forwarder } = options;
  const seconds = Math.ceil(((frames.at(-1)?.ptsMs ?? 0) + 1) / STEP_MS);
  const passed = network?.up.capacity;
  const things: Record<string, number> = {};
  for (const { label } of frames.flatMap(({ truth }) => truth)) {
    things[label] = (things[label] ?? 0) + 1;
  }
  return {
    ...{ began, smarteye: project.version },
    video: { name: nameOf(options), width, height, fps, frames: frames.length },
    network: options.network ?? null,
    forwarder: forwarder === undefined ? null : redact(forwarder),
    ...{ deadlineMs, intervalMs, seed, labels, things },
    truth: truth.kind === "labels" ? { kind: "labels", file: basename(truth.file) } : truth,
    uplink: !passed ? [] : Array.from(
      { length: seconds },
      (_, i) => passed.bytesUntil((i + 1) * STEP_MS) - passed.bytesUntil(i * STEP_MS),
    ),
  };
}

/** Scores every run that was played to its end. */
async function scored(
  head: ComparisonHead,
  profile: Profile,
  runs: readonly PlayedRun[],
  { seconds }: CompareOptions,
): Promise<{ readonly comparison: Comparison; readonly shown: readonly Shown[] }> {
  const played = new Map<string, Played>();
  const failures = new Map<string, string>();
  for (const { contestant: { name }, results, failure } of runs) {
    try {
      if (failure !== undefined) throw new SmarteyeError("failed_precondition", failure);
      const live = await readLive(results, profile, 1000 * seconds);
      played.set(name, playedOf(name, live, head));
    } catch (error) {
      if (!isSmarteyeError(error)) throw error;
      failures.set(name, error.message);
    }
  }
  const contestants = runs.map(({ contestant }) => {
    const { result = null, models = {} } = played.get(contestant.name) ?? {};
    return { ...contestant, result, models, failure: failures.get(contestant.name) ?? null };
  });
  const shown = [...played].map(([name, { result, frames }]) => ({ name, result, frames }));
  return { comparison: { form: 1, ...head, contestants }, shown };
}
