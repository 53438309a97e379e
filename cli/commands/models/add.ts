/** `smarteye models add`: a model of the user's own. */

import type { Command } from "commander";
import { DECODER_NAMES, type DecoderName, MODEL_NAME } from "../../../models/manifest.ts";
import { type Cli, roleCommand } from "../../command.ts";
import { resolveModels } from "../../config/resolve.ts";

const DECODERS: readonly string[] = [...DECODER_NAMES.detection, ...DECODER_NAMES.classification];

/** The `models add` command. */
export function modelsAddCommand(cli: Cli): Command {
  return roleCommand(cli, {
    name: "add",
    about: "put an ONNX file of your own into the model directory; what its tensors do not tell " +
      "is assumed, and every assumption is said",
    arguments: "<file.onnx>",
    flags: [
      { term: "--name <name>", about: "what to call it (default: the file's name)" },
      { term: "--labels <file>", about: "names of the classes, a line each (default: found)" },
      {
        term: "--family <name>",
        about: `family of its outputs, if not found: ${DECODERS.join(", ")}`,
      },
      {
        term: "--size <wxh>",
        about: "size of its input where the file takes any, such as 640x640",
      },
      { term: "--license <name>", about: "licence of the weights, for the manifest" },
      { term: "--source <url>", about: "where the weights come from, for the manifest" },
    ],
    examples: [
      ["smarteye models add yolov8n.onnx", "recognised by its tensors"],
      ["smarteye models add mine.onnx --labels names.txt --name mine", "with classes of its own"],
    ],
    resolve: (configured, around, [file]) => {
      const { settings, typed, problems } = configured;
      const name = typed.get("--name");
      if (name !== undefined && !MODEL_NAME.test(name)) {
        const wanted = "up to 128 letters, digits, _ . -";
        problems.add({ where: "--name", found: `"${name}"`, wanted });
      }
      const decoder = typed.get("--family");
      if (decoder !== undefined && !DECODERS.includes(decoder)) {
        problems.add({ where: "--family", found: `"${decoder}"`, wanted: DECODERS.join(", ") });
      }
      const said = typed.get("--size");
      const [, width, height] = /^(\d{2,4})x(\d{2,4})$/.exec(said ?? "") ?? [];
      if (said !== undefined && width === undefined) {
        const wanted = "width x height in pixels, such as 640x640";
        problems.add({ where: "--size", found: `"${said}"`, wanted });
      }
      return {
        directory: resolveModels(configured, around).directory,
        file: file!,
        name,
        labels: typed.get("--labels"),
        decoder: decoder as DecoderName | undefined,
        size: width === undefined ? undefined : { width: Number(width), height: Number(height) },
        license: typed.get("--license"),
        source: typed.get("--source"),
        json: settings.telemetry.json,
      };
    },
    load: () => import("../../models/add.ts"),
  });
}
