/** `smarteye models eval`: how good and how fast models are on a data set. */

import { resolve as absolute } from "node:path";
import type { Command } from "commander";
import { type Cli, roleCommand } from "../../command.ts";
import type { Configured } from "../../config/configure.ts";
import type { OwnFlag } from "../../config/flag.ts";
import type { Surroundings } from "../../config/surroundings.ts";
import { number, plain, severalOf, whole } from "../../config/kinds.ts";
import { resolveModels, resolveOrtLib } from "../../config/resolve.ts";
import type { EvalOptions } from "../../models/eval/options.ts";

const DATA: OwnFlag<readonly string[]> = {
  term: "--data <path>",
  kind: severalOf(plain("a folder of images with labels in YOLO's or COCO's form, or a COCO file")),
  about: "folder of images with labels in YOLO's or COCO's form, or a COCO file, also several " +
    "times: then the means over them, too; for classifiers, with a folder of images for each class",
  several: true,
  isRequired: true,
};
const IMAGES: OwnFlag<number> = {
  term: "--images <n>",
  kind: whole("images", 1, 1e9),
  about: "only so many images of each --data, evenly spread (default: all)",
};
const SCORE_THRESHOLD = {
  term: "--score-threshold <share>",
  kind: number({ min: 0, max: 1, isAboveMin: true }),
  about: "least score of a detection that counts",
  // Low enough for the whole curve of precision and recall, high enough to leave noise out.
  default: "0.01",
};
const SAVE: OwnFlag<string> = {
  term: "--save <dir>",
  kind: plain("a directory"),
  about: "keep detections and truth there, as COCO's files for other tools; of several --data a " +
    "directory each",
};

/** The `models eval` command. */
export function modelsEvalCommand(cli: Cli): Command {
  return roleCommand(cli, {
    name: "eval",
    about:
      "measure models on labelled images: COCO's mAP (of classifiers, top-1 and top-5) over the " +
      "classes that each knows and over those that all know, latency, speed; of no names, every " +
      "detector that is here",
    arguments: "[names...]",
    flags: [
      DATA,
      IMAGES,
      SCORE_THRESHOLD,
      { term: "--threads <n>", sets: ["inference", "threads"], about: "threads of each model" },
      { term: "--gpu <n|auto>", sets: ["inference", "gpu"] },
      SAVE,
    ],
    examples: [
      ["smarteye models eval fastestdet yolox_nano --data street/test", "two models, side by side"],
      ["smarteye models eval --data highway/test --data manaus/test", "and the means over both"],
      ["smarteye models eval --data instances_val2017.json --images 500", "all there are, quickly"],
      ["smarteye models eval fastestdet --data street/test --json", "one object, for a program"],
    ],
    resolve: (configured, around, names) => {
      const save = configured.flag(SAVE);
      return {
        ...evalOptions(configured, around, names, configured.flag(DATA) ?? []),
        scoreThreshold: configured.flag(SCORE_THRESHOLD),
        imagesMax: configured.flag(IMAGES),
        save: save === undefined ? undefined : absolute(around.directory, save),
      };
    },
    load: () => import("../../models/eval.ts"),
  });
}

/** An evaluation as it is where nothing but the models and the data is said. */
export function evalOptions(
  configured: Configured,
  around: Surroundings,
  names: readonly string[],
  data: readonly string[],
): EvalOptions {
  const { settings } = configured;
  return {
    names,
    data: [...new Set(data.map((path) => absolute(around.directory, path)))],
    directory: resolveModels(configured, around).directory,
    scoreThreshold: Number(SCORE_THRESHOLD.default),
    imagesMax: undefined,
    threads: settings.inference.threads,
    gpu: settings.inference.gpu,
    ortLib: resolveOrtLib(configured, around),
    pixelsMax: settings.security.pixels_max,
    save: undefined,
    json: settings.telemetry.json,
  };
}
