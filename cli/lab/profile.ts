/** `smarteye lab profile`: takes the profiles of videos, one after the other. */

import { createHash } from "node:crypto";
import { cpus } from "node:os";
import { basename, extname, join } from "node:path";
import { closest } from "../../core/closest.ts";
import { SmarteyeError } from "../../core/errors.ts";
import { logger } from "../../core/log.ts";
import { referenceOf } from "../../core/reference.ts";
import type { ExitStatus, RoleDeps } from "../../core/role.ts";
import { percentile } from "../../core/rolling_window.ts";
import { CAPTURE_DEFAULTS, openSource } from "../../edge/capture/open_source.ts";
import type { FrameSource } from "../../edge/capture/source.ts";
import type { InferenceEngine } from "../../inference/engine.ts";
import { CPU } from "../../inference/provider.ts";
import { Journal } from "../../lab/profile/journal.ts";
import { hasProfile, readProfile, writeProfile } from "../../lab/profile/profile_files.ts";
import type { ProfiledFrame, ProfileHead, TruthSource } from "../../lab/profile/profile.ts";
import {
  type ProfileTask,
  type ProfileTools,
  takeProfile,
} from "../../lab/profile/take_profile.ts";
import { readTruth } from "../../lab/profile/truth.ts";
import { rankedAccuracy } from "../../models/accuracy.ts";
import { Catalogue, type CatalogueEntry, labelsOf } from "../../models/catalogue.ts";
import { requireKnown } from "../../models/require_known.ts";
import { mostAccurateModel } from "../../policies/offload/rank.ts";
import { openEngine } from "../models/engine.ts";
import { table } from "../table.ts";
import { TimeLeft } from "./time_left.ts";

const log = logger("lab");

/** Options of `smarteye lab profile`. */
export interface LabProfileOptions {
  /** Sources, each with an end. */
  readonly videos: readonly string[];
  /** Where the profiles go. */
  readonly out: string;
  /** Names; none means every detector that is here. */
  readonly models: readonly string[];
  /** Pixels. */
  readonly heights: readonly number[];
  /** 1 to 100. */
  readonly qualities: readonly number[];
  /** Each how manieth frame. */
  readonly every: number;
  /** Frames of each video, at most. */
  readonly framesMax: number;
  /** A model's name or a file of labels. */
  readonly truth: string | undefined;
  /** Labels that count; absent: those that every model knows. */
  readonly labels: readonly string[] | undefined;
  /** The model directory. */
  readonly directory: string;
  /** Least score of a detection; absent: each model's own. */
  readonly scoreThreshold: number | undefined;
  /** Pixels that a still image may have. */
  readonly pixelsMax: number;
  /** Print an array of what was profiled. */
  readonly json: boolean;
}

/** Least score of a detection where nobody says otherwise. */
const SCORE_THRESHOLD = 0.3;

/** Profiles. @throws {SmarteyeError} when a video cannot be read or a model cannot be run. */
export async function run(options: LabProfileOptions, deps: RoleDeps): Promise<ExitStatus> {
  const catalogue = await Catalogue.open(options.directory);
  const entries = chosen(catalogue, options);
  const truth = truthSource(options, entries);
  const labels = labelsThatCount(options, entries);
  checkNames(options.videos);
  const known = truth.kind === "model" ? truth : await readTruth(truth.file);
  await using engine = openEngine(catalogue, { threads: 1, provider: CPU }, deps);
  for (const { manifest } of entries) await engine.repository.load(referenceOf(manifest));
  const made: Made[] = [];
  for (const video of options.videos) {
    if (deps.drain.aborted) break;
    made.push(await profileOne(video, { options, deps, entries, truth, known, labels, engine }));
  }
  const json = made.map(({ head, frames, directory }) => (
    { name: head.name, directory, frames: frames.length, points: head.points.length }
  ));
  deps.print(options.json ? JSON.stringify(json) : shown(made));
  return deps.drain.aborted ? 1 : 0;
}

/** What all videos of a call share. */
interface Shared {
  readonly options: LabProfileOptions;
  readonly deps: RoleDeps;
  readonly entries: readonly CatalogueEntry[];
  readonly truth: TruthSource;
  readonly known: ProfileTask["truth"];
  readonly labels: readonly string[];
  readonly engine: InferenceEngine;
}

interface Made {
  readonly head: ProfileHead;
  readonly frames: readonly ProfiledFrame[];
  readonly directory: string;
}

async function profileOne(video: string, shared: Shared): Promise<Made> {
  const { options, deps } = shared;
  const capture = { ...CAPTURE_DEFAULTS, source: video, pixelsMax: options.pixelsMax };
  const source = await openSource(capture, deps);
  try {
    checkEnds(source);
    return await profileSource(source, video, shared);
  } finally {
    await source.close();
  }
}

async function profileSource(source: FrameSource, video: string, shared: Shared): Promise<Made> {
  const { options, entries, truth, labels } = shared;
  const { every, framesMax } = options;
  const name = nameOf(video);
  const sha256 = await sha256Of(video);
  const directory = join(options.out, name);
  if (await hasProfile(directory)) {
    const { head, frames } = await readProfile(directory);
    checkSame(directory, video, sha256, head);
    log.info("{directory} is there already, with {n} frames", { directory, n: frames.length });
    return { head, frames, directory };
  }
  const known = {
    ...{ name, video: basename(video), sha256, every, labels, truth },
    scoreThreshold: options.scoreThreshold ?? SCORE_THRESHOLD,
    processor: cpus()[0]?.model ?? "unknown",
  };
  const encodings = options.heights.flatMap((height) =>
    options.qualities.map((quality) => ({ height, quality }))
  );
  const weights = entries.map(({ manifest }) => manifest.sha256);
  const journal = await Journal.open(
    directory,
    JSON.stringify({
      ...{ ...known, framesMax, encodings, weights },
      // Labels that were corrected meanwhile are others.
      ...truth.kind === "labels" ? { truthSha256: await sha256Of(truth.file) } : {},
    }),
  );
  const models = entries.map(({ manifest }) => manifest.name);
  const taken = await takeProfile(
    { source, every, framesMax, labels, models, encodings, truth: shared.known, journal },
    toolsFor(name, journal.frames.length, shared),
  );
  journal.close();
  const { frames, points, size } = taken;
  const head: ProfileHead = {
    ...known,
    ...size,
    points,
    fps: fpsOf(frames, source, every),
    models: entries.map(({ manifest }, i) => ({
      name: manifest.name,
      accuracy: rankedAccuracy(manifest),
      // Whole frames come first among the points, in the models' order.
      serviceMs: percentile(frames.map(({ answers }) => answers[i]!.serviceMs), 50)!,
    })),
  };
  if (taken.isWhole) {
    await writeProfile(directory, { head, frames });
    await journal.remove();
  } else {
    log.warn("{name}: stopped after {n} frames, called again it goes on", {
      name,
      n: frames.length,
    });
  }
  return { head, frames, directory };
}

function toolsFor(
  name: string,
  doneBefore: number,
  { options, deps, engine }: Shared,
): ProfileTools {
  const { pixelsMax, scoreThreshold = SCORE_THRESHOLD } = options;
  const left = new TimeLeft(deps.clock, doneBefore);
  return {
    infer: (picture, model) => engine.repository.infer(picture, { model, scoreThreshold }),
    clock: deps.clock,
    pixelsMax,
    stop: deps.drain,
    progress: (done, total) => deps.progress?.(`${name}: ${left.line(done, total)}`),
    leftOut: (what) => log.warn("{name}: left out: {what}", { name, what }),
  };
}

function chosen(catalogue: Catalogue, { models }: LabProfileOptions): CatalogueEntry[] {
  for (const name of models) requireKnown(catalogue, name, "detection");
  const entries = models.length > 0
    ? [...new Set(models)].map((name) => catalogue.require(name))
    : catalogue.select([], "detection").chosen;
  if (entries.length > 0) return entries;
  throw new SmarteyeError(
    "not_found",
    `Cannot profile: there is no detector in the model directory "${catalogue.directory}", ` +
      `at least one is wanted (SMARTEYE_MODELS, [models] directory)`,
  );
}

/** What is taken for true; of nothing said, the most accurate model is asked. */
function truthSource(
  { truth: given, videos }: LabProfileOptions,
  entries: readonly CatalogueEntry[],
): TruthSource {
  if (given?.endsWith(".jsonl")) {
    if (videos.length === 1) return { kind: "labels", file: given };
    throw new SmarteyeError(
      "invalid_argument",
      `Cannot take "${given}" for true (--truth) of ${videos.length} videos: labels are those of ` +
        `one video, one -f is wanted`,
    );
  }
  const profiles = entries.map(({ manifest }) => ({
    name: manifest.name,
    service: manifest.service,
    accuracy: rankedAccuracy(manifest),
    latencyMs: undefined,
  }));
  const names = profiles.map(({ name }) => name);
  const model = given ?? mostAccurateModel(profiles)!.name;
  if (names.includes(model)) return { kind: "model", model };
  throw new SmarteyeError(
    "invalid_argument",
    `Cannot take "${model}" for true (--truth): one of the profiled models ` +
      `(${names.join(", ")}) or a .jsonl file with labels is wanted`,
  );
}

/** Labels that were named, or those that every model knows. */
function labelsThatCount(
  { labels }: LabProfileOptions,
  entries: readonly CatalogueEntry[],
): readonly string[] {
  if (labels === undefined) return common(entries);
  const known = new Set(entries.flatMap(({ manifest }) => labelsOf(manifest)));
  const unknown = labels.find((label) => !known.has(label));
  if (unknown === undefined) return labels;
  const near = closest(unknown, [...known]);
  const few = [...known].slice(0, LABELS_TOLD).join(", ");
  const wanted = near ? `did you mean "${near}"?` : `labels such as ${few} are wanted`;
  throw new SmarteyeError(
    "invalid_argument",
    `Cannot count the label "${unknown}" (--labels): none of the models knows it, ${wanted}`,
  );
}

/** Labels that are told where others are wanted. */
const LABELS_TOLD = 8;

/** Labels that every model knows. */
function common(entries: readonly CatalogueEntry[]): readonly string[] {
  const sets = entries.map(({ manifest }) => new Set(labelsOf(manifest)));
  const labels = [...sets.reduce((a, b) => a.intersection(b))];
  if (labels.length > 0) return labels;
  throw new SmarteyeError(
    "invalid_argument",
    "Cannot compare the models: there is no label that all of them know; others are wanted " +
      "(--models), or the labels that count (--labels)",
  );
}

/** What a video's profile is called. */
function nameOf(video: string): string {
  return basename(video, extname(video));
}

/** Each profile has a directory of its name. */
function checkNames(videos: readonly string[]): void {
  const same = videos.find((video, at) =>
    videos.findIndex((o) => nameOf(o) === nameOf(video)) < at
  );
  if (same === undefined) return;
  throw new SmarteyeError(
    "invalid_argument",
    `Cannot profile "${same}": another video's profile is called "${nameOf(same)}", too; videos ` +
      `of different names, or a call with another --out for each, are wanted`,
  );
}

/** What is there is not taken for the profile of a video that only has the same name. */
function checkSame(
  directory: string,
  video: string,
  sha256: string | undefined,
  head: ProfileHead,
): void {
  if (sha256 === head.sha256) return;
  throw new SmarteyeError(
    "invalid_argument",
    `Cannot profile "${video}": "${directory}" has the profile of another video, ` +
      `another --out is wanted`,
  );
}

function checkEnds({ live, description }: FrameSource): void {
  if (!live) return;
  throw new SmarteyeError(
    "invalid_argument",
    `Cannot profile "${description}": it has no end, a recorded video is wanted`,
  );
}

function fpsOf(frames: readonly ProfiledFrame[], { fps }: FrameSource, every: number): number {
  const [first, last] = [frames[0], frames.at(-1)];
  const spanMs = first && last ? last.ptsMs - first.ptsMs : 0;
  const measured = spanMs > 0 ? 1000 * (frames.length - 1) / spanMs : undefined;
  return Number((measured ?? (fps ?? 25) / every).toFixed(3));
}

/** Of a source that is one file. */
async function sha256Of(path: string): Promise<string | undefined> {
  const isFile = await Deno.stat(path).then((stat) => stat.isFile, () => false);
  if (!isFile) return undefined;
  const hash = createHash("sha256");
  using file = await Deno.open(path);
  for await (const chunk of file.readable) hash.update(chunk);
  return hash.digest("hex");
}

function shown(made: readonly Made[]): string {
  return table(
    [
      ["profile", "left"],
      ["frames", "right"],
      ["frames/s", "right"],
      ["operating points", "right"],
      ["things", "right"],
      ["directory", "left"],
    ],
    made.map(({ head, frames, directory }) => [
      head.name,
      frames.length,
      head.fps.toFixed(1),
      head.points.length,
      frames.reduce((sum, { truth }) => sum + truth.length, 0),
      directory,
    ]),
  );
}
