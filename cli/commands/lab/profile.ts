/** `smarteye lab profile`: what each model finds in a video, however it is sent. */

import { resolve as absolute } from "node:path";
import type { Command } from "commander";
import { type Cli, roleCommand } from "../../command.ts";
import type { OwnFlag } from "../../config/flag.ts";
import { listOf, modelName, plain, severalOf, whole } from "../../config/kinds.ts";
import { resolveModels } from "../../config/resolve.ts";

const FILE: OwnFlag<readonly string[]> = {
  term: "-f, --file <video>",
  kind: severalOf(plain("a video, a folder of images or another source that ends")),
  about: "video to profile, also several times; anything that edge reads and that ends",
  several: true,
  isRequired: true,
};
const OUT: OwnFlag<string> = {
  term: "-o, --out <dir>",
  kind: plain("a directory"),
  about: "where profiles go, each video's into a directory of its name; what is there goes on",
  isRequired: true,
};
const MODELS: OwnFlag<readonly string[]> = {
  term: "--models <list>",
  kind: listOf(modelName()),
  about: "models to ask, with commas between (default: every detector that is here)",
};
const HEIGHTS = {
  term: "--heights <list>",
  kind: listOf(whole("pixels", 16, 8192)),
  about:
    "heights that frames are sent at, as policies decide: never more than a video's own is used",
  default: "160,240,320,480",
};
const QUALITIES = {
  term: "--qualities <list>",
  kind: listOf(whole("JPEG quality", 1, 100)),
  about: "JPEG qualities that frames are sent at",
  default: "40,65,85",
};
const EVERY = {
  term: "--every <n>",
  kind: whole("frames", 1, 1e6),
  about: "profile each nth frame",
  default: "1",
};
const FRAMES: OwnFlag<number> = {
  term: "--frames <n>",
  kind: whole("frames", 1, 1e9),
  about: "profile at most so many frames of each video (default: all)",
};
const TRUTH: OwnFlag<string> = {
  term: "--truth <model|file>",
  kind: plain("a model's name, or a .jsonl file with labels"),
  about: "what is taken for true: a model on whole frames, or labels as results.jsonl and " +
    "sample's .truth.jsonl have them (default: the most accurate model)",
};
const LABELS: OwnFlag<readonly string[]> = {
  term: "--labels <list>",
  kind: listOf(plain("a label")),
  about: "labels that count (default: those that every model knows)",
};

/** The `lab profile` command. */
export function labProfileCommand(cli: Cli): Command {
  return roleCommand(cli, {
    name: "profile",
    about: "measure what each model finds in a video, at every height and quality that it may be " +
      "sent at",
    meantFlag: "-f",
    flags: [FILE, OUT, MODELS, HEIGHTS, QUALITIES, EVERY, FRAMES, TRUTH, LABELS],
    examples: [
      ["smarteye lab profile -f door.mp4 -o profiles", "every model that is here, every frame"],
      ["smarteye lab profile -f a.mp4 -f b.mp4 -o profiles --every 5 --frames 200", "quickly"],
      ["smarteye lab profile -f street.mp4 --truth street.truth.jsonl -o profiles", "with labels"],
    ],
    helpEnd: `Stopped with Ctrl-C, it goes on where it was when it is called again. The tables are
Parquet; docs/lab.md says what stands in them.
`,
    resolve: (configured, around) => {
      const { flag, settings } = configured;
      const at = (path: string) => absolute(around.directory, path);
      const models = resolveModels(configured, around);
      return {
        videos: flag(FILE) ?? [],
        out: at(flag(OUT) ?? ""),
        models: flag(MODELS) ?? [],
        heights: flag(HEIGHTS),
        qualities: flag(QUALITIES),
        every: flag(EVERY),
        framesMax: flag(FRAMES) ?? Infinity,
        truth: flag(TRUTH),
        labels: flag(LABELS),
        directory: models.directory,
        scoreThreshold: models.scoreThreshold,
        pixelsMax: settings.security.pixels_max,
        json: settings.telemetry.json,
      };
    },
    load: () => import("../../lab/profile.ts"),
  });
}
