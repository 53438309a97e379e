/** `smarteye models add`: a model of the user's own. */

import type { Command } from "commander";
import { DECODER_NAMES, MODEL_NAME, MODEL_VERSION } from "../../../models/manifest.ts";
import {
  INPUT_TERMS,
  parseSaidInput,
  type SaidInput,
} from "../../../inference/network/said_input.ts";
import { type Cli, roleCommand } from "../../command.ts";
import type { OwnFlag } from "../../config/flag.ts";
import { choice, like, pixelSize, plain, readBy, text } from "../../config/kinds.ts";
import { checkIsFile } from "../../config/paths.ts";
import { resolveModels } from "../../config/resolve.ts";
import { ACCURACY, EVAL, resolveRating } from "./rate.ts";

const DECODERS = [...DECODER_NAMES.detection, ...DECODER_NAMES.classification] as const;

const NAME: OwnFlag<string> = {
  term: "--name <name>",
  kind: like(MODEL_NAME, "up to 128 letters, digits, _ . -"),
  about: "what to call it (default: the file's name)",
};
const VERSION: OwnFlag<string> = {
  term: "--model-version <version>",
  kind: like(MODEL_VERSION, "up to 32 letters, digits, _ . -"),
  about: "its version; others of its name stay beside it (default: 1)",
};
const LABELS: OwnFlag<string> = {
  term: "--labels <file>",
  kind: plain("a file with a label a line"),
  about: "names of the classes, a line each (default: found)",
};
const FAMILY: OwnFlag<typeof DECODERS[number]> = {
  term: "--family <name>",
  kind: choice(DECODERS),
  about: `family of its outputs, if not found: ${DECODERS.join(", ")}`,
};
const SIZE = {
  term: "--size <wxh>",
  kind: pixelSize(),
  about: "size of its input where the file takes any, such as 640x640; as --input has it, too",
};
const INPUT: OwnFlag<SaidInput> = {
  term: "--input <terms>",
  kind: readBy(parseSaidInput, INPUT_TERMS),
  about: `how it is fed, as far as that is said (default: as its family): ${INPUT_TERMS}`,
};
const LICENSE: OwnFlag<string> = {
  term: "--license <name>",
  kind: text(),
  about: "licence of the weights, for the manifest",
};
const SOURCE: OwnFlag<string> = {
  term: "--source <url>",
  kind: text(),
  about: "where the weights come from, for the manifest",
};

/** The `models add` command. */
export function modelsAddCommand(cli: Cli): Command {
  return roleCommand(cli, {
    name: "add",
    about: "put an ONNX file of your own into the model directory; what its tensors do not tell " +
      "is assumed, and every assumption is said",
    arguments: "<file.onnx>",
    flags: [NAME, VERSION, LABELS, FAMILY, INPUT, SIZE, ACCURACY, EVAL, LICENSE, SOURCE],
    examples: [
      ["smarteye models add yolov8n.onnx", "recognised by its tensors"],
      ["smarteye models add mine.onnx --labels names.txt --name mine", "with classes of its own"],
      ["smarteye models add mine.onnx --input letterbox,bgr,0-255", "fed as it was trained"],
      ["smarteye models add mine.onnx --accuracy coco_map_50_95=37.3", "ranked among others"],
    ],
    resolve: (configured, around, [file]) => {
      const { settings, flag, problems } = configured;
      checkIsFile(configured, around, "smarteye models add", file!);
      const [input, size] = [flag(INPUT), flag(SIZE)];
      if (size && input?.size) {
        problems.add({
          where: "--size",
          found: "a size in --input, too",
          wanted: "one of the two",
        });
      }
      return {
        directory: resolveModels(configured, around).directory,
        file: file!,
        name: flag(NAME),
        version: flag(VERSION),
        labels: flag(LABELS),
        decoder: flag(FAMILY),
        input: size ? { ...input, size } : input,
        rating: resolveRating(configured, around, []),
        license: flag(LICENSE),
        source: flag(SOURCE),
        json: settings.telemetry.json,
      };
    },
    load: () => import("../../models/add.ts"),
  });
}
