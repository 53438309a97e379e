/** `smarteye filter learn`: how much may change before a frame has to be inferred, by a video. */

import { resolve as absolute } from "node:path";
import type { Command } from "commander";
import { type Cli, roleCommand } from "../../command.ts";
import type { OwnFlag } from "../../config/flag.ts";
import { number, plain, whole } from "../../config/kinds.ts";
import { resolveModels } from "../../config/resolve.ts";

const FILE: OwnFlag<string> = {
  term: "-f, --file <video>",
  kind: plain("a video, a folder of images or another source that ends"),
  about: "video of the camera that the filter is for; anything that edge reads and that ends",
  isRequired: true,
};
const OUT: OwnFlag<string> = {
  term: "-o, --out <file>",
  kind: plain("a file"),
  about: "where what was learned goes (default: VIDEO.filter.json, here)",
};
const ACCURACY = {
  term: "--accuracy <share>",
  kind: number({ min: 0.5, max: 0.99 }),
  about: "mean F1 that is wanted of all frames, against inferring each",
  default: "0.9",
};
const SECONDS = { min: 0, max: 1e7 };
const FROM = {
  term: "--from <s>",
  kind: number(SECONDS, "seconds"),
  about: "begin at this second of the video",
  default: "0",
};
const TO: OwnFlag<number> = {
  term: "--to <s>",
  kind: number(SECONDS, "seconds"),
  about: "end at this second of the video (default: its end)",
};
const FRAMES: OwnFlag<number> = {
  term: "--frames <n>",
  kind: whole("frames", 2, 1e9),
  about: "look at so many frames at most (default: all)",
};

/** The `filter learn` command. */
export function filterLearnCommand(cli: Cli): Command {
  return roleCommand(cli, {
    name: "learn",
    about: "learn from a video of a camera how much may change before a frame has to be inferred",
    meantFlag: "-f",
    flags: [
      FILE,
      OUT,
      ACCURACY,
      {
        term: "--model <name>",
        sets: ["edge-setting", "model"],
        about: "the model that will infer (default: the most accurate detector that is here)",
      },
      FROM,
      TO,
      FRAMES,
    ],
    examples: [
      ["smarteye filter learn -f door.mp4", "writes door.filter.json"],
      ["smarteye filter learn -f door.mp4 --accuracy 0.95 --model mine", "stricter, for a model"],
      ["smarteye filter learn -f day.mkv --from 3600 --to 4200", "of ten minutes of it"],
      ["smarteye edge -f rtsp://door/1 --filter door.filter.json", "goes by it"],
    ],
    helpEnd: `Every frame is inferred once. Then it is known of each threshold which frames it would
have kept back, and how far the last result, moved on, was from what is in them. A video of some
minutes with the usual traffic teaches most. [filter] mask, refresh_s and sensitivity of the config
count here, too. docs/filter.md tells more.
`,
    resolve: (configured, around) => {
      const { flag, settings, problems } = configured;
      const { mask = [], refresh_s, sensitivity } = settings.filter;
      const models = resolveModels(configured, around);
      const [fromS, toS = Infinity, out] = [flag(FROM), flag(TO), flag(OUT)];
      if (toS <= fromS) {
        problems.add({
          where: "--to",
          found: `the second ${toS}`,
          wanted: `one after that of --from, ${fromS}`,
        });
      }
      return {
        video: flag(FILE) ?? "",
        out: out === undefined ? undefined : absolute(around.directory, out),
        current: around.directory,
        accuracy: flag(ACCURACY),
        model: settings["edge-setting"].model,
        ...{ fromS, toS, framesMax: flag(FRAMES) ?? Infinity },
        gate: { refreshMs: 1000 * refresh_s, mask, sensitivity },
        directory: models.directory,
        scoreThreshold: models.scoreThreshold,
        pixelsMax: settings.security.pixels_max,
        json: settings.telemetry.json,
      };
    },
    load: () => import("../../filter/learn.ts"),
  });
}
