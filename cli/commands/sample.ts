/** `smarteye sample`: a rendered street scene as a video, with the exact boxes of every frame. */

import type { Command } from "commander";
import { STREET_DEFAULTS, STREET_LIMITS, type StreetOptions } from "../../street/options.ts";
import { type Cli, roleCommand } from "../command.ts";
import { number } from "../config/kinds.ts";

/** A flag for one of the scene's numbers, within the street's own bounds. */
function sceneFlag(name: keyof StreetOptions, term: string, about: string, unit = "") {
  const kind = number(STREET_LIMITS[name], unit);
  return { term, about, kind, default: String(STREET_DEFAULTS[name]) };
}

const FLAGS = {
  width: sceneFlag("width", "--width <px>", "width of the video", "pixels"),
  height: sceneFlag("height", "--height <px>", "height of the video", "pixels"),
  fps: sceneFlag("fps", "--fps <n>", "frames a second", "frames a second"),
  frames: sceneFlag("frames", "--frames <n>", "how many frames", "frames"),
  seed: sceneFlag("seed", "--seed <n>", "which street: the same seed, the same video"),
  traffic: sceneFlag("traffic", "--traffic <share>", "share of people and vehicles, 0 = none"),
};

/** The `sample` command. */
export function sampleCommand(cli: Cli): Command {
  return roleCommand(cli, {
    name: "sample",
    about: "render a street scene as a video, with the exact boxes of every frame beside it",
    arguments: "<out.mp4>",
    flags: Object.values(FLAGS),
    examples: [
      ["smarteye sample street.mp4", "10 seconds, and street.truth.jsonl beside it"],
      ["smarteye sample big.mp4 --width 1280 --height 720 --seed 7", "another street, larger"],
    ],
    resolve: ({ flag, settings }, _around, [path]) => ({
      path: path!,
      scene: {
        width: flag(FLAGS.width),
        height: flag(FLAGS.height),
        fps: flag(FLAGS.fps),
        frames: flag(FLAGS.frames),
        seed: flag(FLAGS.seed),
        traffic: flag(FLAGS.traffic),
      },
      json: settings.telemetry.json,
    }),
    load: () => import("../sample.ts"),
  });
}
