/** `smarteye models eval`: how good and how fast models are on a data set. */

import { resolve as absolute } from "node:path";
import type { Command } from "commander";
import { type Cli, roleCommand } from "../../command.ts";
import { quote } from "../../config/problems.ts";
import { resolveModels } from "../../config/resolve.ts";

/** Low enough for the whole curve of precision and recall, high enough to leave noise out. */
const SCORE_THRESHOLD = 0.01;

/** The `models eval` command. */
export function modelsEvalCommand(cli: Cli): Command {
  return roleCommand(cli, {
    name: "eval",
    about:
      "measure models on labelled images: COCO's mAP (of classifiers, top-1 and top-5), latency, " +
      "speed; of no names, every detector that is here",
    arguments: "[names...]",
    flags: [
      {
        term: "--data <path>",
        about: "folder of images with labels in YOLO's or COCO's form, or a COCO file; for " +
          "classifiers, with a folder of images for each class",
      },
      { term: "--images <n>", about: "only so many of its images, evenly spread (default: all)" },
      {
        term: "--score-threshold <share>",
        about: `least score of a detection that counts (default: ${SCORE_THRESHOLD})`,
      },
      { term: "--threads <n>", sets: ["inference", "threads"], about: "threads of each model" },
      {
        term: "--save <dir>",
        about: "keep detections and truth there, as COCO's files for other tools",
      },
    ],
    examples: [
      ["smarteye models eval fastestdet yolox_nano --data street/test", "two models, side by side"],
      ["smarteye models eval --data instances_val2017.json --images 500", "all there are, quickly"],
      ["smarteye models eval fastestdet --data street/test --json", "one object, for a program"],
    ],
    resolve: (configured, around, names) => {
      const { settings, typed, problems } = configured;
      const number = (where: string, pattern: RegExp, wanted: string, max: number) => {
        const text = typed.get(where);
        if (text === undefined) return undefined;
        if (pattern.test(text) && Number(text) > 0 && Number(text) <= max) return Number(text);
        problems.add({ where, found: quote(text), wanted });
        return undefined;
      };
      const data = typed.get("--data") ?? "";
      if (data === "") {
        problems.add({
          where: "--data",
          found: "nothing",
          wanted: "a folder of images with labels in YOLO's or COCO's form, or a COCO file",
        });
      }
      const save = typed.get("--save");
      const share = /^(\d+(\.\d*)?|\.\d+)$/;
      return {
        names,
        data: absolute(around.directory, data),
        directory: resolveModels(configured, around).directory,
        scoreThreshold: number("--score-threshold", share, "a share above 0, at most 1", 1) ??
          SCORE_THRESHOLD,
        imagesMax: number("--images", /^\d+$/, "a whole number of at least 1", 1e9),
        threads: settings.inference.threads,
        pixelsMax: settings.security.pixels_max,
        save: save === undefined ? undefined : absolute(around.directory, save),
        json: settings.telemetry.json,
      };
    },
    load: () => import("../../models/eval.ts"),
  });
}
