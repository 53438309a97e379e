/** `smarteye filter learn`: learns from a video how much may change before a frame has to be inferred. */

import { basename, resolve as absolute } from "node:path";
import project from "../../deno.json" with { type: "json" };
import { messageOf, SmarteyeError } from "../../core/errors.ts";
import { logger } from "../../core/log.ts";
import { redact } from "../../core/redact.ts";
import { referenceOf } from "../../core/reference.ts";
import type { ExitStatus, RoleDeps } from "../../core/role.ts";
import { CAPTURE_DEFAULTS, openSource } from "../../edge/capture/open_source.ts";
import { nameForSource } from "../../edge/capture/source_name.ts";
import type { FrameSource } from "../../edge/capture/source.ts";
import { type LearnedFile, learnedText } from "../../edge/filter/learned_file.ts";
import type { GateOptions } from "../../edge/filter/motion_gate.ts";
import { CPU } from "../../inference/provider.ts";
import { learnFilter, type Seen, whyNothing } from "../../lab/filter/learn_filter.ts";
import { mostKeptBack, type Tried } from "../../lab/filter/lesson.ts";
import { rankedAccuracy } from "../../models/accuracy.ts";
import { Catalogue, type CatalogueEntry } from "../../models/catalogue.ts";
import { requireKnown } from "../../models/require_known.ts";
import { mostAccurateModel } from "../../policies/offload/rank.ts";
import { TimeLeft } from "../lab/time_left.ts";
import { openEngine } from "../models/engine.ts";
import { table } from "../table.ts";

const log = logger("filter");

/** Options of `smarteye filter learn`. */
export interface FilterLearnOptions {
  /** A source with an end. */
  readonly video: string;
  /** Where the file goes; absent: named by the video, in the current directory. */
  readonly out: string | undefined;
  /** The current directory. */
  readonly current: string;
  /** Mean F1 that is wanted. */
  readonly accuracy: number;
  /** Its name; absent: the most accurate detector that is here. */
  readonly model: string | undefined;
  /** Seconds. */
  readonly fromS: number;
  /** Seconds. */
  readonly toS: number;
  /** Frames at most. */
  readonly framesMax: number;
  /** How movement is seen. */
  readonly gate: GateOptions;
  /** The model directory. */
  readonly directory: string;
  /** Least score of a detection; absent: the model's own. */
  readonly scoreThreshold: number | undefined;
  /** Pixels that a still image may have. */
  readonly pixelsMax: number;
  /** Print what was learned as JSON. */
  readonly json: boolean;
}

/** Frames with something in them below which chance has much to do with what is learned. */
const FINDINGS_FEW = 50;

/** Learns. @throws {SmarteyeError} when the video or the model cannot be used, or nothing is good enough. */
export async function run(options: FilterLearnOptions, deps: RoleDeps): Promise<ExitStatus> {
  const { directory, model, scoreThreshold, video, accuracy } = options;
  const catalogue = await Catalogue.open(directory);
  const { manifest } = chosenModel(catalogue, model);
  const reference = referenceOf(manifest);
  await using engine = openEngine(catalogue, { threads: 1, provider: CPU }, deps);
  await engine.repository.load(reference);
  const capture = { ...CAPTURE_DEFAULTS, source: video, pixelsMax: options.pixelsMax };
  const source = await openSource(capture, deps);
  const left = new TimeLeft(deps.clock);
  let seen: Seen;
  try {
    checkEnds(source);
    const { fromS, toS, framesMax, gate } = options;
    seen = await learnFilter({ source, fromS, toS, framesMax, target: accuracy, gate }, {
      infer: async (picture) => {
        const asked = { model: reference, scoreThreshold };
        const { findings } = await engine.repository.infer(picture, asked);
        return { model: manifest.name, findings };
      },
      stop: deps.drain,
      progress: (done, total) => deps.progress?.(left.line(done, total)),
      leftOut: (what) => log.warn("left out: {what}", { what }),
    });
  } finally {
    await source.close();
  }
  if (deps.drain.aborted) return 1; // of half a video something else would be learned
  return await tell(seen, manifest.name, options, deps);
}

async function tell(
  seen: Seen,
  model: string,
  options: FilterLearnOptions,
  { print }: RoleDeps,
): Promise<ExitStatus> {
  const { accuracy: target, video, json } = options;
  const { chosen, tried, frames, withFindings } = seen;
  if (!chosen) {
    if (!json) print(shown(tried, frames, undefined));
    throw new SmarteyeError(
      "failed_precondition",
      `Cannot learn a filter from "${redact(video)}" for an accuracy of ${target}: ` +
        `${whyNothing(seen, target)} (--accuracy, --model, or a longer video)`,
    );
  }
  const path = options.out ??
    absolute(options.current, `${nameForSource(video)}.filter.json`);
  const learned = learnedFrom(seen, chosen, model, options);
  await Deno.writeTextFile(path, learnedText(learned)).catch((cause) => {
    throw new SmarteyeError(
      "failed_precondition",
      `Cannot write "${path}": ${messageOf(cause)}, a file in a folder that is there is wanted`,
      { cause },
    );
  });
  if (withFindings < FINDINGS_FEW) {
    log.warn("the model finds something in {n} frames only: a longer video teaches more", {
      n: withFindings,
    });
  }
  if (json) {
    print(JSON.stringify({ path, ...JSON.parse(learnedText(learned)) }));
    return 0;
  }
  const share = percent(1 - chosen.inferred / frames);
  print(
    `${
      shown(tried, frames, chosen)
    }\n${frames} frames, ${withFindings} of them with something in ` +
      `them. For an accuracy of ${target}, "${chosen.feature}" up to ${withUnit(chosen)} keeps ` +
      `${share} of them back.\n${path} is written: smarteye edge --filter ${path} …`,
  );
  return 0;
}

function learnedFrom(
  { size, fps, frames }: Seen,
  { feature, threshold, within, inferred, accuracy, judgedAccuracy }: Tried,
  model: string,
  { video, accuracy: target }: FilterLearnOptions,
): LearnedFile {
  const round = (value: number) => Number(value.toFixed(4));
  return {
    ...{ feature, threshold, target, within: round(within) },
    from: {
      ...{ video: basename(redact(video)), model, frames, ...size, fps },
      smarteye: project.version,
    },
    expected: {
      inferred: round(inferred / frames),
      accuracy: round(accuracy),
      judgedAccuracy: round(judgedAccuracy),
    },
  };
}

/** Thresholds about the one that is chosen that are shown, to each side. */
const NEIGHBOURS = 4;

/** Thresholds about the chosen one, and the best of the other features; of none chosen, the best of each. */
function shown(tried: readonly Tried[], frames: number, chosen: Tried | undefined): string {
  const features = [...new Set(tried.map(({ feature }) => feature))];
  const rows = features.flatMap((feature) => {
    const own = tried.filter((one) => one.feature === feature);
    if (feature === chosen?.feature) {
      const place = own.indexOf(chosen);
      return own.slice(Math.max(0, place - NEIGHBOURS), place + NEIGHBOURS + 1);
    }
    const asGood = own.filter((one) => one.judgedAccuracy >= (chosen?.judgedAccuracy ?? 2));
    return mostKeptBack(asGood) ?? own.toSorted((a, b) => b.judgedAccuracy - a.judgedAccuracy)[0]!;
  });
  return table(
    [
      ["change", "left"],
      ["threshold", "right"],
      ["inferred", "right"],
      ["accuracy", "right"],
      ["of frames with something", "right"],
      ["", "left"],
    ],
    rows.map((one) => [
      one.feature,
      withUnit(one),
      percent(one.inferred / frames),
      one.accuracy.toFixed(3),
      one.judgedAccuracy.toFixed(3),
      one === chosen ? "chosen" : "",
    ]),
  );
}

function withUnit({ feature, threshold }: Tried): string {
  return feature === "time" ? `${threshold} ms` : String(threshold);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}

function chosenModel(catalogue: Catalogue, name: string | undefined): CatalogueEntry {
  if (name !== undefined) {
    requireKnown(catalogue, name, "detection");
    return catalogue.require(name);
  }
  const { chosen } = catalogue.select([], "detection");
  const best = mostAccurateModel(chosen.map(({ manifest }) => ({
    ...{ name: manifest.name, service: manifest.service, latencyMs: undefined },
    accuracy: rankedAccuracy(manifest),
  })));
  if (best) return catalogue.require(best.name);
  throw new SmarteyeError(
    "not_found",
    `Cannot learn a filter: there is no detector in the model directory ` +
      `"${catalogue.directory}", one is wanted (SMARTEYE_MODELS, [models] directory)`,
  );
}

function checkEnds({ live, description }: FrameSource): void {
  if (!live) return;
  throw new SmarteyeError(
    "invalid_argument",
    `Cannot learn from "${description}": it has no end, a recorded video is wanted`,
  );
}
