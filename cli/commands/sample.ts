/** `smarteye sample`: a rendered street scene as a video, with the exact boxes of every frame. */

import type { Command } from "commander";
import { STREET_DEFAULTS as DEFAULTS } from "../../street/options.ts";
import type { Problems } from "../config/problems.ts";
import { type Cli, roleCommand } from "../command.ts";

/** The `sample` command. */
export function sampleCommand(cli: Cli): Command {
  return roleCommand(cli, {
    name: "sample",
    about: "render a street scene as a video, with the exact boxes of every frame beside it",
    arguments: "<out.mp4>",
    flags: [
      { term: "--width <px>", about: `width of the video (default: ${DEFAULTS.width})` },
      { term: "--height <px>", about: `height of the video (default: ${DEFAULTS.height})` },
      { term: "--fps <n>", about: `frames a second (default: ${DEFAULTS.fps})` },
      { term: "--frames <n>", about: `how many frames (default: ${DEFAULTS.frames})` },
      {
        term: "--seed <n>",
        about: `which street: the same seed, the same video (default: ${DEFAULTS.seed})`,
      },
    ],
    examples: [
      ["smarteye sample street.mp4", "10 seconds, and street.truth.jsonl beside it"],
      ["smarteye sample big.mp4 --width 1280 --height 720 --seed 7", "another street, larger"],
    ],
    resolve: ({ typed, problems, settings }, _around, [path]) => {
      const number = (name: keyof typeof DEFAULTS) =>
        numberOf(typed.get(`--${name}`), `--${name}`, problems) ?? DEFAULTS[name];
      const scene = {
        width: number("width"),
        height: number("height"),
        fps: number("fps"),
        frames: number("frames"),
        seed: number("seed"),
      };
      return { path: path!, scene, json: settings.telemetry.json };
    },
    load: () => import("../sample.ts"),
  });
}

function numberOf(text: string | undefined, where: string, problems: Problems): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  problems.add({ where, found: `"${text}"`, wanted: "a number" });
  return undefined;
}
